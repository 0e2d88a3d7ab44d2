// SPDX-License-Identifier: BSD-3-Clause
// GIFTI 1.0 (NITRC, 2011): XML with one array of points and one of triangles.
#include <fmt/format.h>
#include <zlib.h>

#include <bit>
#include <charconv>
#include <cstring>
#include <optional>
#include <pugixml.hpp>
#include <string_view>

#include "base/error.hpp"
#include "network/surface_files.hpp"

namespace neurodyn::network {
namespace {

constexpr double mm = 1e-3;

struct TypeSpec {
    std::string_view name;
    std::size_t bytes;
    bool real;
};
constexpr TypeSpec types[] = {
    {"NIFTI_TYPE_FLOAT32", 4, true}, {"NIFTI_TYPE_FLOAT64", 8, true}, {"NIFTI_TYPE_INT32", 4, false}};

// One DataArray of N rows and three columns.
struct ArraySpec {
    pugi::xml_node node;
    std::string what;  // "the array of points of 'lh.surf.gii'"
    std::size_t rows = 0;
    const TypeSpec* type = nullptr;
    bool by_column = false, swapped = false;
};

class Gifti {
  public:
    explicit Gifti(std::string path) : path_(std::move(path)) {}

    Mesh read(const std::string& text) {
        const pugi::xml_parse_result parsed = document_.load_buffer(text.data(), text.size());
        if (!parsed)
            fail(fmt::format("is not whole as XML: {} at byte {}; the file is damaged or cut short",
                             parsed.description(), parsed.offset));
        const pugi::xml_node root = document_.child("GIFTI");
        if (!root) fail("is XML, but has no element GIFTI; a surface such as lh.surf.gii was expected");
        const std::vector<double> points = numbers(find(root, "NIFTI_INTENT_POINTSET", "points"));
        const std::vector<double> corners = numbers(find(root, "NIFTI_INTENT_TRIANGLE", "triangles"));
        Mesh mesh;
        for (std::size_t k = 0; k + 2 < points.size(); k += 3)
            mesh.vertices.push_back({points[k] * mm, points[k + 1] * mm, points[k + 2] * mm});
        for (std::size_t k = 0; k + 2 < corners.size(); k += 3)
            mesh.triangles.push_back(
                {index(corners[k], k, mesh), index(corners[k + 1], k, mesh), index(corners[k + 2], k, mesh)});
        return mesh;
    }

  private:
    [[noreturn]] void fail(const std::string& problem) const { throw FileError(path_, problem); }

    std::uint32_t index(double value, std::size_t place, const Mesh& mesh) const {
        if (value >= 0.0 && value < static_cast<double>(mesh.vertices.size()))
            return static_cast<std::uint32_t>(value);
        fail(fmt::format(
            "triangle {} has the vertex {}, but there are {} (0 to {}); the arrays do not belong together",
            place / 3, value, mesh.vertices.size(), mesh.vertices.size() - 1));
    }

    ArraySpec find(const pugi::xml_node& root, const char* intent, const char* what) const {
        ArraySpec array;
        array.node = root.find_child_by_attribute("DataArray", "Intent", intent);
        if (!array.node)
            fail(
                fmt::format("has no array of {} ({}); a surface (.surf.gii) was expected, not values on one "
                            "(.func.gii, .shape.gii, .label.gii)",
                            what, intent));
        array.what = fmt::format("the array of {}", what);
        if (array.node.attribute("Dimensionality").as_int() != 2 ||
            array.node.attribute("Dim1").as_int() != 3 || array.node.attribute("Dim0").as_llong() <= 0)
            fail(fmt::format("{} must have two dimensions, the second of 3", array.what));
        array.rows = static_cast<std::size_t>(array.node.attribute("Dim0").as_llong());
        const std::string_view type = array.node.attribute("DataType").value();
        for (const TypeSpec& spec : types)
            if (spec.name == type) array.type = &spec;
        if (array.type == nullptr)
            fail(fmt::format("{} has the type '{}'; NIFTI_TYPE_FLOAT32, _FLOAT64 and _INT32 are read",
                             array.what, type));
        array.by_column =
            std::string_view(array.node.attribute("ArrayIndexingOrder").value()) == "ColumnMajorOrder";
        const bool little = std::string_view(array.node.attribute("Endian").value()) != "BigEndian";
        array.swapped = little != (std::endian::native == std::endian::little);
        return array;
    }

    // Row after row.
    std::vector<double> numbers(const ArraySpec& array) const {
        const std::string_view encoding = array.node.attribute("Encoding").value();
        const std::string_view text = array.node.child("Data").text().get();
        std::vector<double> values;
        if (encoding == "ASCII")
            values = words(array, text);
        else if (encoding == "Base64Binary")
            values = unpack(array, base64(array, text));
        else if (encoding == "GZipBase64Binary")
            values = unpack(array, inflated(array, base64(array, text)));
        else
            fail(fmt::format(
                "{} has the encoding '{}'; ASCII, Base64Binary and GZipBase64Binary are read: convert "
                "the file (wb_command -gifti-convert GZIP_BASE64_BINARY IN OUT)",
                array.what, encoding));
        if (!array.by_column) return values;
        std::vector<double> rows(values.size());
        for (std::size_t k = 0; k < values.size(); ++k) rows[k % array.rows * 3 + k / array.rows] = values[k];
        return rows;
    }

    [[noreturn]] void wrong_count(const ArraySpec& array, std::size_t count) const {
        fail(fmt::format("{} holds {} numbers, but says that it has {} x 3; the file is damaged or cut short",
                         array.what, count, array.rows));
    }

    std::vector<double> words(const ArraySpec& array, std::string_view text) const {
        std::vector<double> values;
        const char *at = text.data(), *end = at + text.size();
        for (;;) {
            while (at != end && std::string_view(" \t\r\n").find(*at) != std::string_view::npos) ++at;
            if (at == end) break;
            double value = 0.0;
            const auto [next, code] = std::from_chars(at, end, value);
            if (code != std::errc{})
                fail(fmt::format(
                    "{} has '{}' as its number {}", array.what,
                    std::string_view(at, std::min<std::size_t>(12, static_cast<std::size_t>(end - at))),
                    values.size()));
            values.push_back(value);
            at = next;
        }
        if (values.size() != 3 * array.rows) wrong_count(array, values.size());
        return values;
    }

    std::string base64(const ArraySpec& array, std::string_view text) const {
        constexpr std::string_view letters =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        std::string bytes;
        std::uint32_t collected = 0;
        int bits = 0;
        for (std::size_t k = 0; k < text.size(); ++k) {
            const char c = text[k];
            if (c == '=' || c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
            const std::size_t value = letters.find(c);
            if (value == std::string_view::npos)
                fail(fmt::format("{} has '{}' as character {} of its base-64 text", array.what, c, k));
            collected = collected << 6 | static_cast<std::uint32_t>(value);
            bits += 6;
            if (bits < 8) continue;
            bits -= 8;
            bytes.push_back(static_cast<char>(collected >> bits & 0xff));
        }
        return bytes;
    }

    // The size that the array states is all that is unpacked, and one byte to see that there is no more.
    std::string inflated(const ArraySpec& array, std::string packed) const {
        constexpr std::size_t most_rows = 100'000'000;
        if (array.rows > most_rows)
            fail(fmt::format("{} says that it has {} rows; at most {} are read", array.what, array.rows,
                             most_rows));
        std::string bytes(3 * array.rows * array.type->bytes + 1, '\0');
        z_stream stream{};
        stream.next_in = reinterpret_cast<Bytef*>(packed.data());
        stream.avail_in = static_cast<uInt>(packed.size());
        stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
        stream.avail_out = static_cast<uInt>(bytes.size());
        constexpr int zlib_or_gzip = 15 + 32;
        if (inflateInit2(&stream, zlib_or_gzip) != Z_OK)
            fail("cannot be unpacked: there is no memory for it");
        const int code = inflate(&stream, Z_FINISH);
        inflateEnd(&stream);
        if (code != Z_STREAM_END && code != Z_BUF_ERROR)
            fail(
                fmt::format("{} cannot be unpacked (zlib's code {}); the file is damaged", array.what, code));
        bytes.resize(stream.total_out);
        return bytes;
    }

    std::vector<double> unpack(const ArraySpec& array, std::string_view bytes) const {
        const std::size_t size = array.type->bytes, count = 3 * array.rows;
        if (bytes.size() != count * size) wrong_count(array, bytes.size() / size);
        std::vector<double> values(count);
        for (std::size_t k = 0; k < count; ++k) {
            char one[8] = {};
            for (std::size_t b = 0; b < size; ++b)
                one[b] = bytes[k * size + (array.swapped ? size - 1 - b : b)];
            values[k] = !array.type->real ? read_as<std::int32_t>(one)
                        : size == 4       ? static_cast<double>(read_as<float>(one))
                                          : read_as<double>(one);
        }
        return values;
    }

    template <class T>
    static T read_as(const char* bytes) {
        T value;
        std::memcpy(&value, bytes, sizeof(T));
        return value;
    }

    std::string path_;
    pugi::xml_document document_;
};

}  // namespace

Mesh parse_gifti(const std::string& path, const std::string& text) { return Gifti(path).read(text); }

}  // namespace neurodyn::network
