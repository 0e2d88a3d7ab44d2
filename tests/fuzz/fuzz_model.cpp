// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer target: whatever the bytes are, reading them as a model ends in a model or in an InputError.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/error.hpp"
#include "language/model.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        neurodyn::language::parse_model(text, "fuzz.model");
    } catch (const neurodyn::InputError&) {
    }
    // The same bytes as equation strings, cut at the first two NULs.
    const std::size_t first = text.find('\0');
    const std::size_t second = first == text.npos ? text.npos : text.find('\0', first + 1);
    neurodyn::language::EquationStrings strings;
    strings.equations = text.substr(0, first);
    if (first != text.npos)
        strings.threshold = text.substr(first + 1, second == text.npos ? second : second - first - 1);
    if (second != text.npos) strings.reset = text.substr(second + 1);
    strings.values = {{"tau", "10 ms"}, {"E", "-70*mV"}};
    try {
        neurodyn::language::parse_equations(strings);
    } catch (const neurodyn::InputError&) {
    }
    return 0;
}
