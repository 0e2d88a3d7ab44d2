// SPDX-License-Identifier: BSD-3-Clause
// ARS against Random123, where the machine has instructions for it, which Random123 needs.
#include <Random123/ars.h>
#include <gtest/gtest.h>

#include "base/math/ars.hpp"

namespace neurodyn::math {
namespace {

#if defined(__AES__) && R123_USE_AES_NI
TEST(Ars, EqualsRandom123) {
    if (!__builtin_cpu_supports("aes")) GTEST_SKIP() << "this machine has no instructions for AES";
    r123::ARS4x32_R<ars_rounds> reference;
    for (std::uint32_t i = 0; i < 1000; ++i) {
        const std::uint32_t c[] = {i * 2654435761u, ~i, i << 20, i * i},
                            k[] = {i * 40503u, i ^ 77u, 0x80000000u | i, ~i * i};
        const auto want = reference({{c[0], c[1], c[2], c[3]}}, {{k[0], k[1], k[2], k[3]}});
        PortableAes::Block portable[] = {PortableAes::make(c[0], c[1], c[2], c[3])};
        Ars<PortableAes>(PortableAes::make(k[0], k[1], k[2], k[3])).draw(portable);
        MachineAes::Block machine[] = {MachineAes::make(c[0], c[1], c[2], c[3])};
        Ars<MachineAes>(MachineAes::make(k[0], k[1], k[2], k[3])).draw(machine);
        std::uint32_t words[4];
        MachineAes::store(words, machine[0]);
        for (std::size_t w = 0; w < 4; ++w) {
            EXPECT_EQ(portable[0][w], want[w]);
            EXPECT_EQ(words[w], want[w]);
        }
    }
}
#endif

}  // namespace
}  // namespace neurodyn::math
