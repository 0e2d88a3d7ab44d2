// SPDX-License-Identifier: BSD-3-Clause
// Chooses who runs a program: an object from the cache, the plugin with LLVM, or the interpreter.
#include "compile/kernel.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

#include "base/error.hpp"
#include "compile/cache.hpp"
#include "compile/code_size.hpp"
#include "compile/interpreter.hpp"
#include "compile/machine.hpp"
#include "compile/object_loader.hpp"
#include "compile/plugin.hpp"

namespace neurodyn::compile {

namespace {

/// Changes whenever the same program would give other bits or be called in another way.
constexpr int numeric_profile = 2;

/// Beside the file that holds this very function: the library, wherever it was installed.
const std::filesystem::path& plugin_path() {
    static const std::filesystem::path path = [] {
        Dl_info self{};
        if (dladdr(reinterpret_cast<void*>(&llvm_available), &self) == 0 || !self.dli_fname)
            return std::filesystem::path();
        std::error_code ignored;
        return std::filesystem::weakly_canonical(self.dli_fname, ignored).parent_path() / plugin_file;
    }();
    return path;
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

/// The instructions of a few functions do not keep a processor busy, unless there are two registers of nodes.
/// More functions do, at half the code; without a function the memory is what takes time.
int lanes_of(const Program& program, const KernelOptions& options) {
    if (options.width != 0) return options.width;
    const int lanes = vector_bytes() / (options.precision == Precision::double_ ? 8 : 4);
    const bool few_functions = has_functions(program) && code_size(program) < 4;
    return std::min(few_functions ? 2 * lanes : lanes, 16);
}

/// All that decides the code. The plugin's file stands for the version of LLVM and of the emitter in it.
std::string cache_key(const std::string& hash, const KernelOptions& options, int width) {
    struct stat plugin{};
    if (stat(plugin_path().c_str(), &plugin) != 0) return {};
    return fmt::format("profile {}; {}; {} x {}; {}; plugin {} {}.{}", numeric_profile, hash,
                       options.precision == Precision::double_ ? "f64" : "f32", width, processor(),
                       plugin.st_size, plugin.st_mtim.tv_sec, plugin.st_mtim.tv_nsec);
}

class CompiledKernel final : public Kernel {
  public:
    CompiledKernel(std::span<const std::byte> object, KernelHistory history) : object_(object) {
        history_ = std::move(history);
    }
    void took(double milliseconds) { history_.compile_ms = milliseconds; }
    void run(const KernelArgs& args, std::int64_t begin, std::int64_t end) const override {
        object_.kernel()(&args, begin, end);
    }

  private:
    LoadedObject object_;
};

/// From the cache, where an object there can be loaded; else by the plugin, and into the cache.
std::unique_ptr<Kernel> make_compiled(const Program& program, const KernelOptions& options) {
    const auto start = std::chrono::steady_clock::now();
    KernelHistory history{program.hash(), "cache", lanes_of(program, options), 0.0};
    const auto finish = [&](std::span<const std::byte> object) {
        auto kernel = std::make_unique<CompiledKernel>(object, history);
        const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
        kernel->took(spent.count());
        return kernel;
    };
    const auto cache = options.use_cache ? ObjectCache::of_user() : ObjectCache({});
    const auto key = cache_key(history.hash, options, history.width);
    if (const auto kept = cache.load(key)) {
        try {
            return finish(*kept);
        } catch (const std::runtime_error&) {
            // Written by something else under the same key: compile anew, which replaces it.
        }
    }
    history.backend = "llvm";
    std::vector<std::byte> object;
    plugin_symbol<PluginCompile>("neurodyn_llvm_compile")(program, options.precision, history.width, object);
    auto kernel = finish(object);
    cache.store(key, object);
    return kernel;
}

void check_width(const KernelOptions& options) {
    if (options.width < 0 || options.width > 16 || (options.width & (options.width - 1)) != 0)
        throw Error(fmt::format("a kernel's width must be 0, 1, 2, 4, 8 or 16, not {}", options.width));
}

void require_compiler() {
    if (!can_compile())
        throw Error(
            "this processor has no fused multiply-add, without which a compiled kernel would not give the "
            "promised bits; use the interpreter");
}

}  // namespace

bool llvm_available() {
    std::error_code ignored;
    return can_compile() && std::filesystem::exists(plugin_path(), ignored);
}

std::unique_ptr<Kernel> make_kernel(const Program& program, const KernelOptions& options) {
    verify(program);
    check_width(options);
    const bool compile =
        options.backend == Backend::llvm || (options.backend == Backend::automatic && llvm_available());
    if (!compile) return make_interpreter(program, options.precision);
    require_compiler();
    return make_compiled(program, options);
}

std::string print_stage(const Program& program, const KernelOptions& options, const std::string& stage) {
    if (stage != "llvm" && stage != "asm")
        throw Error(
            fmt::format("there is no stage '{}' of a compiled kernel; the stages are llvm and asm", stage));
    verify(program);
    check_width(options);
    require_compiler();
    std::string text;
    plugin_symbol<PluginPrintStage>("neurodyn_llvm_print_stage")(program, options.precision,
                                                                 lanes_of(program, options), stage, text);
    return text;
}

}  // namespace neurodyn::compile
