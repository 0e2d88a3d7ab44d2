// SPDX-License-Identifier: BSD-3-Clause
// Reading and writing cache files: a head with sizes and a checksum, the key, the object.
#include "compile/cache.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace neurodyn::compile {

namespace {

/// Start of a file; the key and the object follow.
struct Head {
    char magic[8];
    std::uint64_t key_size, object_size, checksum;
};
constexpr char magic[8] = {'n', 'd', 'y', 'n', 'o', 'b', 'j', '1'};

/// A multiplicative hash of 8 bytes at a time: it finds damage, it is no defence against an attacker, who
/// with the right to write here could run code anyway.
std::uint64_t checksum(std::span<const std::byte> bytes, std::uint64_t hash) {
    std::size_t i = 0;
    for (; i + 8 <= bytes.size(); i += 8) {
        std::uint64_t word;
        std::memcpy(&word, bytes.data() + i, 8);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
        hash ^= hash >> 32;
    }
    for (; i < bytes.size(); ++i) hash = (hash ^ static_cast<std::uint64_t>(bytes[i])) * 0x100000001b3ULL;
    return hash;
}

std::uint64_t checksum_of(const std::string& key, std::span<const std::byte> object) {
    return checksum(object, checksum(std::as_bytes(std::span(key)), object.size() + 1));
}

/// A file descriptor that closes itself.
class File {
  public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() {
        if (descriptor_ >= 0) close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    bool is_open() const { return descriptor_ >= 0; }
    int get() const { return descriptor_; }

    bool read_all(void* to, std::size_t size) const {
        for (auto* at = static_cast<char*>(to); size > 0;) {
            const auto got = ::read(descriptor_, at, size);
            if (got <= 0) return false;
            at += got;
            size -= static_cast<std::size_t>(got);
        }
        return true;
    }
    bool write_all(const void* from, std::size_t size) const {
        for (auto* at = static_cast<const char*>(from); size > 0;) {
            const auto put = ::write(descriptor_, at, size);
            if (put <= 0) return false;
            at += put;
            size -= static_cast<std::size_t>(put);
        }
        return true;
    }

  private:
    int descriptor_;
};

std::string variable(const char* name) {
    const char* const value = std::getenv(name);
    return value ? value : "";
}

}  // namespace

ObjectCache ObjectCache::of_user() {
    if (const auto own = variable("NEURODYN_CACHE"); !own.empty())
        return ObjectCache(own == "off" ? std::filesystem::path() : std::filesystem::path(own));
    if (const auto caches = variable("XDG_CACHE_HOME"); !caches.empty() && caches[0] == '/')
        return ObjectCache(std::filesystem::path(caches) / "neurodyn");
    if (const auto home = variable("HOME"); !home.empty())
        return ObjectCache(std::filesystem::path(home) / ".cache" / "neurodyn");
    return ObjectCache({});
}

std::filesystem::path ObjectCache::file(const std::string& key) const {
    if (folder_.empty()) return {};
    const auto bytes = std::as_bytes(std::span(key));
    return folder_ /
           fmt::format("{:016x}{:016x}.o", checksum(bytes, 1), checksum(bytes, 0x2545f4914f6cdd1dULL));
}

std::optional<std::vector<std::byte>> ObjectCache::load(const std::string& key) const {
    if (folder_.empty()) return std::nullopt;
    const File in(open(file(key).c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status{};
    Head head{};
    if (!in.is_open() || fstat(in.get(), &status) != 0 || !in.read_all(&head, sizeof head))
        return std::nullopt;
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (std::memcmp(head.magic, magic, sizeof magic) != 0 || head.key_size != key.size() ||
        head.object_size > size || size != sizeof head + head.key_size + head.object_size)
        return std::nullopt;
    std::string found(key.size(), '\0');
    std::vector<std::byte> object(head.object_size);
    if (!in.read_all(found.data(), found.size()) || !in.read_all(object.data(), object.size()))
        return std::nullopt;
    if (found != key || checksum_of(key, object) != head.checksum) return std::nullopt;
    return object;
}

void ObjectCache::store(const std::string& key, std::span<const std::byte> object) const {
    if (folder_.empty()) return;
    std::error_code problem;
    std::filesystem::create_directories(folder_, problem);
    if (problem) return;
    static std::atomic<unsigned> count = 0;
    const auto target = file(key);
    const auto temporary = folder_ / fmt::format(".{}.{}.tmp", getpid(), count++);
    Head head{{}, key.size(), object.size(), checksum_of(key, object)};
    std::memcpy(head.magic, magic, sizeof magic);
    bool written = false;
    {
        const File out(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!out.is_open()) return;
        written = out.write_all(&head, sizeof head) && out.write_all(key.data(), key.size()) &&
                  out.write_all(object.data(), object.size());
    }
    if (!written || rename(temporary.c_str(), target.c_str()) != 0) unlink(temporary.c_str());
}

}  // namespace neurodyn::compile
