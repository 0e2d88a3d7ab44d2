// SPDX-License-Identifier: BSD-3-Clause
// Chooses who runs a program: the plugin with LLVM, or the interpreter.
#include "compile/kernel.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "base/error.hpp"
#include "compile/interpreter.hpp"
#include "compile/plugin.hpp"

namespace neurodyn::compile {

namespace {

/// Beside the file that holds this very function: the library, wherever it was installed.
std::filesystem::path plugin_path() {
    Dl_info self{};
    if (dladdr(reinterpret_cast<void*>(&llvm_available), &self) == 0 || !self.dli_fname) return {};
    std::error_code ignored;
    const auto library = std::filesystem::weakly_canonical(self.dli_fname, ignored);
    return library.parent_path() / plugin_file;
}

template <class Function>
Function plugin_symbol(const char* name) {
    const std::string path = plugin_path().string();
    void* const plugin = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!plugin)
        throw Error(fmt::format(
            "the compiler plugin '{}' cannot be opened: {}; without it the interpreter runs everything", path,
            dlerror()));
    void* const symbol = dlsym(plugin, name);
    if (!symbol)
        throw Error(
            fmt::format("the compiler plugin '{}' lacks '{}': it belongs to another build", path, name));
    return reinterpret_cast<Function>(symbol);
}

}  // namespace

bool llvm_available() {
    std::error_code ignored;
    return std::filesystem::exists(plugin_path(), ignored);
}

std::unique_ptr<Kernel> make_kernel(const Program& program, const KernelOptions& options) {
    verify(program);
    if (options.width < 0 || options.width > 16 || (options.width & (options.width - 1)) != 0)
        throw Error(fmt::format("a kernel's width must be 0, 1, 2, 4, 8 or 16, not {}", options.width));
    const bool compile =
        options.backend == Backend::llvm || (options.backend == Backend::automatic && llvm_available());
    if (!compile) return make_interpreter(program, options.precision);
    const auto make = plugin_symbol<PluginMakeKernel>("neurodyn_llvm_make_kernel");
    return std::unique_ptr<Kernel>(make(program, options));
}

std::string print_stage(const Program& program, const KernelOptions& options, const std::string& stage) {
    if (stage != "llvm" && stage != "asm")
        throw Error(
            fmt::format("there is no stage '{}' of a compiled kernel; the stages are llvm and asm", stage));
    verify(program);
    std::string text;
    plugin_symbol<PluginPrintStage>("neurodyn_llvm_print_stage")(program, options, stage, text);
    return text;
}

}  // namespace neurodyn::compile
