// SPDX-License-Identifier: BSD-3-Clause
// FreeSurfer's surfaces of triangles, binary and as text; and which format a file has.
#include <fmt/format.h>
#include <zlib.h>

#include <bit>
#include <charconv>
#include <string_view>

#include "base/error.hpp"
#include "network/surface_files.hpp"

namespace neurodyn::network {
namespace {

constexpr double mm = 1e-3;
constexpr std::string_view triangles_magic = "\xff\xff\xfe", quads_magic = "\xff\xff\xff",
                           new_quads_magic = "\xff\xff\xfd";

// Big-endian words after the two lines of text.
class Words {
  public:
    Words(const std::string& path, const std::string& bytes)
        : path_(path), bytes_(bytes), at_(triangles_magic.size()) {
        for (int line = 0; line < 2; ++line) {
            const std::size_t end = bytes.find('\n', at_);
            if (end == std::string::npos)
                throw FileError(path, "ends within its first lines; the file is damaged or cut short");
            at_ = end + 1;
        }
    }
    std::uint32_t next(const char* what) {
        if (at_ + 4 > bytes_.size())
            throw FileError(path_, fmt::format("ends at byte {}, within the {}; the file is cut short",
                                               bytes_.size(), what));
        std::uint32_t word = 0;
        for (int k = 0; k < 4; ++k) word = word << 8 | static_cast<unsigned char>(bytes_[at_++]);
        return word;
    }
    std::size_t left() const { return bytes_.size() - at_; }

  private:
    const std::string& path_;
    const std::string& bytes_;
    std::size_t at_;
};

// Of a file such as lh.pial.gii.gz.
std::string gunzipped(const std::string& path, std::string packed) {
    constexpr std::size_t most = std::size_t{1} << 30;
    std::string bytes, block(std::size_t{1} << 20, '\0');
    z_stream stream{};
    stream.next_in = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_in = static_cast<uInt>(packed.size());
    constexpr int gzip = 15 + 16;
    int code = inflateInit2(&stream, gzip);
    while (code == Z_OK && bytes.size() < most) {
        stream.next_out = reinterpret_cast<Bytef*>(block.data());
        stream.avail_out = static_cast<uInt>(block.size());
        code = inflate(&stream, Z_NO_FLUSH);
        bytes.append(block, 0, block.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    if (code != Z_STREAM_END)
        throw FileError(path,
                        "cannot be unpacked as gzip; the file is damaged, cut short or larger than 1 GB");
    return bytes;
}

// Numbers of a text, which know their lines.
class Numbers {
  public:
    Numbers(const std::string& path, const std::string& text)
        : path_(path), at_(text.data()), end_(at_ + text.size()) {}
    void skip_line() {
        while (at_ != end_ && *at_ != '\n') ++at_;
    }
    template <class T>
    T next(const char* what) {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r' || *at_ == '\n'))
            line_ += *at_++ == '\n';
        if (at_ == end_)
            throw FileError(path_, fmt::format("ends within the {}; the file is cut short", what));
        T value{};
        const auto [next, code] = std::from_chars(at_, end_, value);
        if (code != std::errc{})
            throw FileError(path_, fmt::format("line {}: a number was expected among the {}", line_, what));
        at_ = next;
        return value;
    }

  private:
    const std::string& path_;
    const char *at_, *end_;
    std::size_t line_ = 1;
};

}  // namespace

Mesh parse_freesurfer(const std::string& path, const std::string& bytes) {
    Words words(path, bytes);
    const std::uint32_t vertices = words.next("counts"), triangles = words.next("counts");
    constexpr std::size_t of_each = 12;
    if ((std::size_t{vertices} + triangles) * of_each > words.left())
        throw FileError(
            path, fmt::format("says that it has {} vertices and {} triangles, but only {} bytes follow; the "
                              "file is cut short",
                              vertices, triangles, words.left()));
    Mesh mesh;
    mesh.vertices.resize(vertices);
    mesh.triangles.resize(triangles);
    for (Point& p : mesh.vertices)
        for (double& x : p) x = static_cast<double>(std::bit_cast<float>(words.next("vertices"))) * mm;
    for (Triangle& t : mesh.triangles)
        for (std::uint32_t& v : t) v = words.next("triangles");
    return mesh;
}

Mesh parse_freesurfer_text(const std::string& path, const std::string& text) {
    Numbers numbers(path, text);
    if (text.starts_with("#")) numbers.skip_line();
    const auto vertices = numbers.next<std::uint32_t>("counts"),
               triangles = numbers.next<std::uint32_t>("counts");
    Mesh mesh;
    for (std::uint32_t k = 0; k < vertices; ++k) {
        Point& p = mesh.vertices.emplace_back();
        for (double& x : p) x = numbers.next<double>("vertices") * mm;
        numbers.skip_line();  // whether it was ripped out
    }
    for (std::uint32_t k = 0; k < triangles; ++k) {
        Triangle& t = mesh.triangles.emplace_back();
        for (std::uint32_t& v : t) v = numbers.next<std::uint32_t>("triangles");
        numbers.skip_line();
    }
    return mesh;
}

Mesh read_mesh(const std::string& path) {
    std::string bytes = read_file(path);
    if (bytes.starts_with("\x1f\x8b")) bytes = gunzipped(path, bytes);
    if (bytes.starts_with(triangles_magic)) return parse_freesurfer(path, bytes);
    if (bytes.starts_with(quads_magic) || bytes.starts_with(new_quads_magic))
        throw FileError(
            path,
            "is a FreeSurfer surface of quadrangles; convert it to triangles: mris_convert IN OUT.surf.gii");
    if (bytes.starts_with("#!ascii") || path.ends_with(".asc")) return parse_freesurfer_text(path, bytes);
    const std::size_t first = bytes.find_first_not_of("\xEF\xBB\xBF \t\r\n");
    if (first != std::string::npos && bytes[first] == '<') return parse_gifti(path, bytes);
    throw FileError(
        path,
        "is no surface that is known: GIFTI (.surf.gii, XML) and FreeSurfer's triangles (lh.white; .asc) "
        "are read");
}

}  // namespace neurodyn::network
