// SPDX-License-Identifier: BSD-3-Clause
// The IDX format of the MNIST family (http://yann.lecun.com/exdb/mnist), plain or compressed by gzip: two
// zero bytes, the type, the number of axes, their sizes, then the values, all big-endian.
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>

#include "base/error.hpp"
#include "record/arrays.hpp"

namespace neurodyn::record {
namespace {

struct Close {
    void operator()(gzFile file) const { gzclose(file); }
};

class IdxReader {
  public:
    explicit IdxReader(const std::string& path) : path_(path), file_(gzopen(path.c_str(), "rb")) {
        if (!file_) fail("cannot be opened");
    }

    NumberArray read() {
        unsigned char head[4];
        take(head, 4);
        const std::size_t size = size_of(head[2]);
        if (head[0] != 0 || head[1] != 0 || size == 0 || head[3] == 0) fail("is no IDX file");
        NumberArray array;
        std::size_t count = 1;
        for (int axis = 0; axis < head[3]; ++axis) {
            unsigned char bytes[4];
            take(bytes, 4);
            array.shape.push_back(whole(bytes, 4));
            if (array.shape.back() > 0 && count > most_values / array.shape.back())
                fail(fmt::format("would have more than {} values", most_values));
            count *= array.shape.back();
        }
        // Grows as values arrive: a header may promise what the file does not have.
        std::vector<unsigned char> block(size << 16);
        while (array.values.size() < count) {
            const std::size_t now = std::min(block.size() / size, count - array.values.size());
            take(block.data(), now * size);
            for (std::size_t k = 0; k < now; ++k) array.values.push_back(value(head[2], &block[k * size]));
        }
        unsigned char more;
        if (gzread(file_.get(), &more, 1) != 0) fail("has more data than its header says");
        return array;
    }

  private:
    static constexpr std::size_t most_values = std::size_t{1} << 33;

    [[noreturn]] void fail(const std::string& why) const { throw FileError(path_, why); }

    void take(unsigned char* to, std::size_t bytes) {
        if (gzread(file_.get(), to, static_cast<unsigned>(bytes)) != static_cast<int>(bytes))
            fail("ends early, or is damaged");
    }

    static std::size_t size_of(unsigned char type) {
        switch (type) {
            case 0x08:
            case 0x09:
                return 1;
            case 0x0B:
                return 2;
            case 0x0C:
            case 0x0D:
                return 4;
            case 0x0E:
                return 8;
            default:
                return 0;
        }
    }

    static std::uint64_t whole(const unsigned char* bytes, std::size_t size) {
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < size; ++i) bits = bits << 8 | bytes[i];
        return bits;
    }

    static double value(unsigned char type, const unsigned char* bytes) {
        const std::uint64_t bits = whole(bytes, size_of(type));
        switch (type) {
            case 0x09:
                return static_cast<std::int8_t>(bits);
            case 0x0B:
                return static_cast<std::int16_t>(bits);
            case 0x0C:
                return static_cast<std::int32_t>(bits);
            case 0x0D:
                return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
            case 0x0E:
                return std::bit_cast<double>(bits);
            default:
                return static_cast<double>(bits);
        }
    }

    std::string path_;
    std::unique_ptr<std::remove_pointer_t<gzFile>, Close> file_;
};

}  // namespace

NumberArray read_idx(const std::string& path) { return IdxReader(path).read(); }

}  // namespace neurodyn::record
