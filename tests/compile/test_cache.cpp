// SPDX-License-Identifier: BSD-3-Clause
// The object cache and the loader: what is kept comes back, damage of any kind is refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "base/aligned.hpp"
#include "compile/cache.hpp"
#include "compile/kernel.hpp"
#include "compile/object_loader.hpp"

namespace neurodyn::compile {
namespace {

namespace fs = std::filesystem;

/// A folder of its own for each test, which the user's cache points to.
class Cache : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = (fs::temp_directory_path() / "neurodyn_cache_XXXXXX").string();
        folder_ = mkdtemp(pattern.data());
        setenv("NEURODYN_CACHE", folder_.c_str(), 1);
    }
    void TearDown() override {
        unsetenv("NEURODYN_CACHE");
        fs::remove_all(folder_);
    }

    static std::vector<std::byte> bytes(std::size_t count) {
        std::mt19937 random(static_cast<unsigned>(count));
        std::vector<std::byte> made(count);
        for (auto& byte : made) byte = static_cast<std::byte>(random());
        return made;
    }

    static std::vector<char> read(const fs::path& path) {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    static void write(const fs::path& path, const std::vector<char>& text) {
        std::ofstream(path, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
    }

    fs::path folder_;
};

TEST_F(Cache, KeepsObjectsByKey) {
    const auto cache = ObjectCache::of_user();
    EXPECT_FALSE(cache.load("a"));
    cache.store("a", bytes(1000));
    cache.store("b", bytes(3));
    cache.store("empty", {});
    EXPECT_EQ(cache.load("a"), bytes(1000));
    EXPECT_EQ(cache.load("b"), bytes(3));
    EXPECT_TRUE(cache.load("empty") && cache.load("empty")->empty());
    EXPECT_FALSE(cache.load("c"));
    cache.store("a", bytes(77));
    EXPECT_EQ(cache.load("a"), bytes(77));
    for (const auto& entry : fs::directory_iterator(folder_)) EXPECT_EQ(entry.path().extension(), ".o");
}

TEST_F(Cache, RefusesDamagedFiles) {
    const auto cache = ObjectCache::of_user();
    cache.store("key", bytes(100));
    const auto whole = read(cache.file("key"));
    for (std::size_t i = 0; i < whole.size(); ++i) {
        auto changed = whole;
        changed[i] = static_cast<char>(changed[i] ^ 0x10);
        write(cache.file("key"), changed);
        EXPECT_FALSE(cache.load("key")) << "byte " << i;
        write(cache.file("key"), {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(i)});
        EXPECT_FALSE(cache.load("key")) << "cut at " << i;
    }
    write(cache.file("key"), whole);
    EXPECT_TRUE(cache.load("key"));
}

TEST_F(Cache, AFolderThatCannotBeWrittenIsNoError) {
    const ObjectCache off({}), blocked(folder_ / "file" / "below");
    write(folder_ / "file", {'x'});
    for (const auto* cache : {&off, &blocked}) {
        cache->store("key", bytes(10));
        EXPECT_FALSE(cache->load("key"));
    }
    setenv("NEURODYN_CACHE", "off", 1);
    EXPECT_TRUE(ObjectCache::of_user().file("key").empty());
}

/// x <- exp(-x) + u
Program decay() {
    Program program;
    program.name = "decay";
    program.arrays = {"x"};
    program.uniforms = {"u"};
    auto& graph = program.graph;
    const auto x = graph.symbol("x");
    program.stores.push_back({0, graph.add(graph.make(symbolic::Op::exp, graph.neg(x)), graph.symbol("u"))});
    return program;
}

double step(const Kernel& kernel) {
    AlignedVector<double> x(padding_elements, 0.5);
    const double u = 2;
    void* arrays[] = {x.data()};
    const KernelArgs args{arrays, &u, nullptr, nullptr};
    kernel.run(args, 0, padding_elements);
    return x[7];
}

bool plugin_is_open() {
    std::ifstream maps("/proc/self/maps");
    const std::string text{std::istreambuf_iterator<char>(maps), {}};
    return text.find("libLLVM") != std::string::npos;
}

TEST_F(Cache, AKernelFromTheCacheIsTheSameAndNeedsNoCompiler) {
    if (!llvm_available()) GTEST_SKIP() << "built without LLVM";
    const auto fresh = make_kernel(decay());
    EXPECT_EQ(fresh->history().backend, "llvm");
    const auto kept = make_kernel(decay());
    EXPECT_EQ(kept->history().backend, "cache");
    EXPECT_EQ(kept->history().hash, fresh->history().hash);
    EXPECT_EQ(step(*kept), step(*fresh));
    EXPECT_NEAR(step(*kept), 2.6065306597126334, 1e-15);  // exp(-1/2) + 2
    // Another precision, width or program is another entry.
    EXPECT_EQ(make_kernel(decay(), {.precision = Precision::single})->history().backend, "llvm");
    EXPECT_EQ(make_kernel(decay(), {.width = 2})->history().backend, "llvm");
    EXPECT_EQ(make_kernel(decay(), {.use_cache = false})->history().backend, "llvm");
}

TEST_F(Cache, ADamagedEntryIsCompiledAgain) {
    if (!llvm_available()) GTEST_SKIP() << "built without LLVM";
    make_kernel(decay());
    for (const auto& entry : fs::directory_iterator(folder_)) {
        auto text = read(entry.path());
        text[text.size() / 2] = static_cast<char>(text[text.size() / 2] + 1);
        write(entry.path(), text);
    }
    EXPECT_EQ(make_kernel(decay())->history().backend, "llvm");
    EXPECT_EQ(make_kernel(decay())->history().backend, "cache");
}

// A child process that finds its kernel in the cache never maps libLLVM.
TEST_F(Cache, TheCompilerStaysUnloaded) {
    if (!llvm_available()) GTEST_SKIP() << "built without LLVM";
    if (plugin_is_open()) GTEST_SKIP() << "an earlier test of this process has opened the compiler";
    const auto build = [] { make_kernel(decay()); };
    EXPECT_EXIT((build(), std::exit(plugin_is_open() ? 0 : 1)), testing::ExitedWithCode(0), "");
    EXPECT_EXIT((build(), std::exit(plugin_is_open() ? 1 : 0)), testing::ExitedWithCode(0), "");
}

// Whatever bytes an object has, the loader takes it or throws; it never reads outside of them.
TEST_F(Cache, TheLoaderRefusesNonsense) {
    EXPECT_THROW(LoadedObject({}), std::runtime_error);
    for (const std::size_t size : {1, 63, 64, 5000})
        EXPECT_THROW(LoadedObject(bytes(size)), std::runtime_error);
    if (!llvm_available()) return;
    make_kernel(decay());
    std::vector<char> file;
    for (const auto& entry : fs::directory_iterator(folder_)) file = read(entry.path());
    const char elf[] = {0x7f, 'E', 'L', 'F'};
    const auto start = std::search(file.begin(), file.end(), std::begin(elf), std::end(elf));
    ASSERT_NE(start, file.end());
    std::vector<std::byte> object(static_cast<std::size_t>(file.end() - start));
    std::transform(start, file.end(), object.begin(), [](char c) { return static_cast<std::byte>(c); });
    EXPECT_NE(LoadedObject(object).kernel(), nullptr);
    int refused = 0;
    for (std::size_t size = 0; size < object.size(); size += 7) {
        try {
            LoadedObject cut(std::span<const std::byte>(object).first(size));
        } catch (const std::runtime_error&) {
            ++refused;
        }
    }
    EXPECT_GT(refused, 10);
    std::mt19937 random(3);
    for (int i = 0; i < 3000; ++i) {
        auto damaged = object;
        for (int k = 0; k < 3; ++k) damaged[random() % damaged.size()] = static_cast<std::byte>(random());
        try {
            LoadedObject(damaged).kernel();
        } catch (const std::runtime_error&) {
            ++refused;
        }
    }
    EXPECT_GT(refused, 30);
}

}  // namespace
}  // namespace neurodyn::compile
