// SPDX-License-Identifier: BSD-3-Clause
// A TVB connectivity zip as a connectome: text members weights, tract_lengths, centres, hemispheres.
#include <fmt/format.h>
#include <zip.h>

#include <memory>

#include "network/connectome_tables.hpp"

namespace neurodyn::network {
namespace {

namespace fs = std::filesystem;

struct CloseArchive {
    void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseMember {
    void operator()(zip_file_t* member) const { zip_fclose(member); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;

Archive open_archive(const fs::path& path) {
    int code = 0;
    Archive archive(zip_open(path.c_str(), ZIP_RDONLY, &code));
    if (archive) return archive;
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string problem = zip_error_strerror(&error);
    zip_error_fini(&error);
    throw FileError(
        path.string(),
        fmt::format("cannot be read as a zip archive: {}; a TVB connectivity zip was expected", problem));
}

// The size that the archive states is not trusted: reading stops at the limit.
std::string read_member(zip_t* archive, zip_uint64_t index, const std::string& origin) {
    const std::unique_ptr<zip_file_t, CloseMember> member(zip_fopen_index(archive, index, 0));
    if (!member) throw FileError(origin, fmt::format("cannot be opened: {}", zip_strerror(archive)));
    std::string text;
    std::string block(std::size_t{1} << 16, '\0');
    for (;;) {
        const zip_int64_t count = zip_fread(member.get(), block.data(), block.size());
        if (count < 0)
            throw FileError(origin, fmt::format("cannot be unpacked: {}", zip_file_strerror(member.get())));
        if (count == 0) return text;
        text.append(block.data(), static_cast<std::size_t>(count));
        if (text.size() > largest_file)
            throw FileError(origin,
                            fmt::format("unpacks to more than {} bytes; that is larger than any connectome",
                                        largest_file));
    }
}

void read_table(zip_t* archive, zip_uint64_t index, const fs::path& zip_path, const fs::path& member,
                Tables& out) {
    const std::string origin = fmt::format("{}: {}", zip_path.string(), member.string());
    const std::string name = lower(member.stem().string());
    if (lower(member.extension().string()) == ".bz2") {
        if (is_known_table(lower(member.stem().stem().string())))
            throw FileError(origin,
                            "members compressed with bzip2 are not read; unpack the zip and the .bz2 files "
                            "in it, and give the folder");
        return;
    }
    if (!is_text_table(member)) return;
    if (is_known_table(name)) {
        out.tables.push_back(parse_text_table(name, origin, read_member(archive, index, origin)));
        return;
    }
    try {
        Table table = parse_text_table(name, origin, read_member(archive, index, origin));
        if (table.columns() > 0) out.tables.push_back(std::move(table));
    } catch (const Error&) {
        // info.txt and the like are prose: not a table, and nothing is lost.
    }
}

}  // namespace

Tables read_tvb_zip(const fs::path& path) {
    const Archive archive = open_archive(path);
    Tables out;
    const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
    for (zip_int64_t i = 0; i < count; ++i) {
        const char* name = zip_get_name(archive.get(), static_cast<zip_uint64_t>(i), 0);
        // Folders that macOS adds hold files of the same names.
        if (name == nullptr || std::string_view(name).starts_with("__MACOSX")) continue;
        read_table(archive.get(), static_cast<zip_uint64_t>(i), path, name, out);
    }
    if (out.tables.empty())
        throw FileError(path.string(),
                        "has no table that can be read; a TVB connectivity zip holds weights.txt, "
                        "tract_lengths.txt and centres.txt");
    return out;
}

}  // namespace neurodyn::network
