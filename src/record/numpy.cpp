// SPDX-License-Identifier: BSD-3-Clause
// NumPy's .npy format (numpy.lib.format, versions 1 to 3), alone and in the zip archives called .npz.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zip.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/error.hpp"
#include "record/arrays.hpp"

namespace neurodyn::record {
namespace {

constexpr std::size_t most_axes = 32;

double half(std::uint16_t bits) {
    const int exponent = (bits >> 10) & 31, fraction = bits & 1023;
    const double size = exponent == 31 ? (fraction == 0 ? INFINITY : NAN)
                        : exponent > 0 ? std::ldexp(1024 + fraction, exponent - 25)
                                       : std::ldexp(fraction, -24);
    return (bits & 0x8000) != 0 ? -size : size;
}

template <class T>
double load(const char* bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof(T));
    return static_cast<double>(value);
}

double load_half(const char* bytes) {
    std::uint16_t bits;
    std::memcpy(&bits, bytes, sizeof(bits));
    return half(bits);
}

struct NumberType {
    std::string_view name;  ///< without the mark of the byte order
    std::size_t size;
    double (*load)(const char* bytes);
};

constexpr NumberType types[] = {
    {"f8", 8, load<double>},        {"f4", 4, load<float>},         {"f2", 2, load_half},
    {"i1", 1, load<std::int8_t>},   {"i2", 2, load<std::int16_t>},  {"i4", 4, load<std::int32_t>},
    {"i8", 8, load<std::int64_t>},  {"u1", 1, load<std::uint8_t>},  {"u2", 2, load<std::uint16_t>},
    {"u4", 4, load<std::uint32_t>}, {"u8", 8, load<std::uint64_t>}, {"b1", 1, load<std::uint8_t>}};

// One .npy file, in memory.
class NpyReader {
  public:
    NpyReader(std::string origin, std::string_view bytes) : origin_(std::move(origin)), bytes_(bytes) {}

    NumberArray read() {
        read_header();
        const NumberType& type = find_type(quoted("descr"));
        NumberArray array{shape(), {}};
        std::size_t count = 1;
        for (const std::size_t n : array.shape) {
            if (n > 0 && count > data_.size() / n)
                fail(fmt::format("ends early: its shape is ({})", fmt::join(array.shape, ", ")));
            count *= n;
        }
        if (data_.size() != count * type.size)
            fail(fmt::format("has {} bytes of data; its shape ({}) needs {}", data_.size(),
                             fmt::join(array.shape, ", "), count * type.size));
        array.values.resize(count);
        for (std::size_t k = 0; k < count; ++k) array.values[k] = type.load(data_.data() + k * type.size);
        if (value_of("fortran_order").starts_with("True")) to_c_order(array);
        return array;
    }

  private:
    [[noreturn]] void fail(const std::string& problem) const { throw FileError(origin_, problem); }

    void read_header() {
        if (!bytes_.starts_with("\x93NUMPY") || bytes_.size() < 12) fail("is not a NumPy array (.npy)");
        const std::size_t width = bytes_[6] == 1 ? 2 : 4;
        std::size_t length = 0;
        for (std::size_t k = 0; k < width; ++k)
            length |= static_cast<std::size_t>(static_cast<unsigned char>(bytes_[8 + k])) << (8 * k);
        if (length > bytes_.size() - 8 - width) fail("ends within its header");
        header_ = bytes_.substr(8 + width, length);
        data_ = bytes_.substr(8 + width + length);
    }

    // What follows 'KEY': in the header, a Python dictionary.
    std::string_view value_of(std::string_view key) const {
        const std::size_t at = header_.find(fmt::format("'{}':", key));
        if (at == header_.npos) fail(fmt::format("has no '{}' in its header", key));
        std::string_view rest = header_.substr(at + key.size() + 3);
        rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
        return rest;
    }

    std::string_view quoted(std::string_view key) const {
        const std::string_view value = value_of(key);
        const std::size_t end = value.find('\'', 1);
        if (!value.starts_with('\'') || end == value.npos)
            fail("has records with fields; an array of plain numbers was expected");
        return value.substr(1, end - 1);
    }

    const NumberType& find_type(std::string_view descr) const {
        if (descr.starts_with('>'))
            fail(fmt::format("has big-endian numbers ('{}'); save it with .astype('<f8')", descr));
        for (const NumberType& type : types)
            if (descr.substr(1) == type.name) return type;
        fail(fmt::format("has values of type '{}'; real numbers were expected", descr));
    }

    std::vector<std::size_t> shape() const {
        std::string_view text = value_of("shape");
        if (!text.starts_with('(')) fail("has no shape in its header");
        text = text.substr(1, text.find(')') - 1);
        std::vector<std::size_t> sizes;
        while (!text.empty()) {
            const std::size_t end = std::min(text.find(','), text.size());
            std::string_view item = text.substr(0, end);
            item.remove_prefix(std::min(item.find_first_not_of(' '), item.size()));
            std::size_t size = 0;
            const auto [last, code] = std::from_chars(item.data(), item.data() + item.size(), size);
            if (!item.empty() && (code != std::errc() || last != item.data() + item.size()))
                fail(fmt::format("has a shape with '{}' in it", item));
            if (!item.empty()) sizes.push_back(size);
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        if (sizes.size() > most_axes) fail(fmt::format("has {} axes", sizes.size()));
        return sizes;
    }

    // The first axis varies fastest as stored; the last shall.
    static void to_c_order(NumberArray& array) {
        const std::size_t axes = array.shape.size();
        std::vector<double> sorted(array.values.size());
        std::vector<std::size_t> index(axes, 0);
        for (const double value : array.values) {
            std::size_t to = 0;
            for (std::size_t k = 0; k < axes; ++k) to = to * array.shape[k] + index[k];
            sorted[to] = value;
            for (std::size_t k = 0; k < axes && ++index[k] == array.shape[k]; ++k) index[k] = 0;
        }
        array.values = std::move(sorted);
    }

    std::string origin_;
    std::string_view bytes_, header_, data_;
};

struct CloseArchive {
    void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseMember {
    void operator()(zip_file_t* member) const { zip_fclose(member); }
};

std::string read_member(zip_t* archive, const std::string& path, const std::string& member) {
    const std::unique_ptr<zip_file_t, CloseMember> file(zip_fopen(archive, member.c_str(), 0));
    if (!file) throw FileError(path, fmt::format("'{}' cannot be opened: {}", member, zip_strerror(archive)));
    std::string bytes;
    std::vector<char> block(1 << 20);
    for (zip_int64_t count; (count = zip_fread(file.get(), block.data(), block.size())) != 0;) {
        if (count < 0)
            throw FileError(
                path, fmt::format("'{}' cannot be unpacked: {}", member, zip_file_strerror(file.get())));
        bytes.append(block.data(), static_cast<std::size_t>(count));
    }
    return bytes;
}

}  // namespace

NumberArray read_npy(const std::string& path) {
    const std::string bytes = read_file(path);
    return NpyReader(path, bytes).read();
}

NumberArray read_npz(const std::string& path, const std::string& name) {
    read_file(path);  // says what is wrong with the path itself
    const std::unique_ptr<zip_t, CloseArchive> archive(zip_open(path.c_str(), ZIP_RDONLY, nullptr));
    if (!archive) throw FileError(path, "is not a zip archive, so not a .npz file of NumPy");
    std::vector<std::string> names;
    for (zip_int64_t k = 0; k < zip_get_num_entries(archive.get(), 0); ++k) {
        const std::string member = zip_get_name(archive.get(), static_cast<zip_uint64_t>(k), 0);
        if (member.ends_with(".npy")) names.push_back(member.substr(0, member.size() - 4));
    }
    const bool known = std::find(names.begin(), names.end(), name) != names.end();
    if (!known && !(name.empty() && names.size() == 1))
        throw FileError(path, fmt::format("{}; it has: {}; write {}:NAME",
                                          name.empty() ? "which array is meant is not said"
                                                       : fmt::format("has no array '{}'", name),
                                          fmt::join(names, ", "), path));
    const std::string member = (known ? name : names.front()) + ".npy";
    const std::string bytes = read_member(archive.get(), path, member);
    return NpyReader(path + ": " + member, bytes).read();
}

}  // namespace neurodyn::record
