// SPDX-License-Identifier: BSD-3-Clause
// The search path.
#include "experiment/library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "base/error.hpp"

namespace neurodyn::experiment {
namespace {

namespace fs = std::filesystem;

void add_folder(std::vector<std::string>& folders, const fs::path& path) {
    std::error_code ignored;
    if (path.empty() || !fs::is_directory(path, ignored)) return;
    const std::string text = path.lexically_normal().string();
    if (std::find(folders.begin(), folders.end(), text) == folders.end()) folders.push_back(text);
}

// The folder of the file that holds this function: libneurodyn.so, wherever it was installed.
fs::path own_folder() {
    Dl_info info{};
    if (dladdr(reinterpret_cast<const void*>(&own_folder), &info) == 0 || info.dli_fname == nullptr)
        return {};
    std::error_code ignored;
    return fs::weakly_canonical(info.dli_fname, ignored).parent_path();
}

bool is_there(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

}  // namespace

std::vector<std::string> share_folders() {
    std::vector<std::string> folders;
    if (const char* variable = std::getenv("NEURODYN_PATH")) {
        std::string text = variable;
        for (std::size_t begin = 0; begin <= text.size();) {
            const std::size_t end = std::min(text.find(':', begin), text.size());
            add_folder(folders, text.substr(begin, end - begin));
            begin = end + 1;
        }
    }
    const fs::path own = own_folder();
    if (!own.empty()) {
        add_folder(folders, own / ".." / "share" / "neurodyn");
        add_folder(folders, own / ".." / ".." / "share" / "neurodyn");  // lib/x86_64-linux-gnu
    }
#ifdef NEURODYN_SOURCE_DIR
    add_folder(folders, NEURODYN_SOURCE_DIR);
#endif
    return folders;
}

std::vector<LibraryModel> library_models() {
    std::vector<LibraryModel> models;
    std::set<std::string> seen;
    std::error_code ignored;
    for (const std::string& share : share_folders()) {
        for (const auto& file : fs::recursive_directory_iterator(fs::path(share) / "library", ignored)) {
            if (file.path().extension() != ".model" ||
                !seen.insert(file.path().parent_path().filename().string() + "/" +
                             file.path().stem().string())
                     .second)
                continue;
            models.push_back({file.path().stem().string(), file.path().parent_path().filename().string(),
                              file.path().string()});
        }
    }
    std::sort(models.begin(), models.end(), [](const LibraryModel& a, const LibraryModel& b) {
        return std::pair(a.folder, a.name) < std::pair(b.folder, b.name);
    });
    return models;
}

std::string find_model(const std::string& name, const std::string& directory, bool coupling) {
    const bool is_path = name.find('/') != std::string::npos || name.ends_with(".model");
    const fs::path beside = fs::path(directory) / (name.ends_with(".model") ? name : name + ".model");
    if (is_there(beside)) return beside.string();
    if (is_path && is_there(name)) return name;
    if (!is_path) {
        // The usual folders first: listing the whole library costs more than a look at a few names.
        static const std::vector<std::string> folders = {"masses",   "neurons",  "fields",
                                                         "monitors", "synapses", "generative"};
        const std::vector<std::string> places = coupling ? std::vector<std::string>{"couplings"} : folders;
        for (const std::string& share : share_folders())
            for (const std::string& folder : places)
                if (const fs::path path = fs::path(share) / "library" / folder / (name + ".model");
                    is_there(path))
                    return path.string();
        for (const LibraryModel& model : library_models())
            if (model.name == name) return model.path;
    }
    std::vector<std::string> known;
    for (const LibraryModel& model : library_models()) known.push_back(model.name);
    const std::string near = did_you_mean(name, known);
    throw Error(fmt::format("there is no model '{}' beside the experiment or in the library; {}", name,
                            near.empty() ? "`neurodyn list models` shows the library" : near));
}

std::string find_data(const std::string& name, const std::string& directory) {
    if (const fs::path beside = fs::path(directory) / name; is_there(beside)) return beside.string();
    if (is_there(name)) return name;
    for (const std::string& share : share_folders()) {
        if (const fs::path path = fs::path(share) / name; is_there(path)) return path.string();
        if (const fs::path path = fs::path(share) / "data" / name; is_there(path)) return path.string();
    }
    const std::string near = did_you_mean(fs::path(name).filename().string(), list_folder("data", true));
    throw FileError(name, "is not there, neither beside the experiment nor in the installed data" +
                              (near.empty() ? std::string() : "; " + near));
}

std::string find_share_file(std::string_view relative) {
    for (const std::string& share : share_folders())
        if (const fs::path path = fs::path(share) / relative; is_there(path)) return path.string();
    return {};
}

std::vector<std::string> list_folder(std::string_view relative, bool folders) {
    std::set<std::string> names;
    std::error_code ignored;
    for (const std::string& share : share_folders())
        for (const auto& entry : fs::directory_iterator(fs::path(share) / relative, ignored))
            if (entry.is_directory(ignored) == folders) names.insert(entry.path().filename().string());
    return {names.begin(), names.end()};
}

}  // namespace neurodyn::experiment
