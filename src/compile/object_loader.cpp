// SPDX-License-Identifier: BSD-3-Clause
// A loader for the few kinds of sections and relocations that a kernel's object has.
//
// ELF: System V gABI, chapter 4. Relocations: x86-64 psABI table 4.9; "ELF for the Arm 64-bit
// Architecture" (IHI 0056), section 5.7.
#include "compile/object_loader.hpp"

#include <elf.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace neurodyn::compile {

namespace {

#if defined(__x86_64__)
constexpr auto machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr auto machine = EM_AARCH64;
#else
constexpr auto machine = EM_NONE;
#endif

[[noreturn]] void refuse(const std::string& what) { throw std::runtime_error("object file: " + what); }

/// Bytes of the object with every access checked.
class View {
  public:
    explicit View(std::span<const std::byte> bytes) : bytes_(bytes) {}

    std::span<const std::byte> range(std::uint64_t offset, std::uint64_t size) const {
        if (offset > bytes_.size() || size > bytes_.size() - offset) refuse("it is cut short");
        return bytes_.subspan(offset, size);
    }
    template <class T>
    T at(std::uint64_t offset) const {
        T value;
        std::memcpy(&value, range(offset, sizeof value).data(), sizeof value);
        return value;
    }
    template <class T>
    std::vector<T> table(std::uint64_t offset, std::uint64_t bytes) const {
        const auto from = range(offset, bytes / sizeof(T) * sizeof(T));
        std::vector<T> rows(bytes / sizeof(T));
        if (!rows.empty()) std::memcpy(rows.data(), from.data(), from.size());
        return rows;
    }

  private:
    std::span<const std::byte> bytes_;
};

/// The value written at `place` must fit its field.
template <class Narrow>
void write_checked(std::byte* place, std::int64_t value) {
    const auto narrow = static_cast<Narrow>(value);
    if (narrow != value) refuse("a relocation does not fit its field");
    std::memcpy(place, &narrow, sizeof narrow);
}

#if defined(__aarch64__)
/// Puts bits of an immediate into an instruction.
void patch(std::byte* place, std::uint32_t mask, std::uint32_t bits) {
    std::uint32_t word;
    std::memcpy(&word, place, sizeof word);
    word = (word & ~mask) | (bits & mask);
    std::memcpy(place, &word, sizeof word);
}
#endif

/// `target` is the symbol's address plus the addend.
void relocate(std::uint32_t kind, std::byte* place, std::uint64_t target) {
    const auto here = reinterpret_cast<std::uint64_t>(place);
    const auto distance = static_cast<std::int64_t>(target - here);
#if defined(__x86_64__)
    switch (kind) {
        case R_X86_64_PC32:
        case R_X86_64_PLT32:
            return write_checked<std::int32_t>(place, distance);
        case R_X86_64_PC64:
            return write_checked<std::int64_t>(place, distance);
        case R_X86_64_64:
            return write_checked<std::int64_t>(place, static_cast<std::int64_t>(target));
        default:
            break;
    }
#elif defined(__aarch64__)
    const auto page = static_cast<std::int64_t>((target & ~0xfffULL) - (here & ~0xfffULL)) >> 12;
    const auto low = static_cast<std::uint32_t>(target & 0xfff);
    const auto scaled = [&](int shift) { patch(place, 0xfffU << 10, (low >> shift) << 10); };
    switch (kind) {
        case R_AARCH64_ADR_PREL_PG_HI21:
            if (page < -(1 << 20) || page >= 1 << 20) refuse("a relocation does not fit its field");
            return patch(place, 0x60ffffe0U,
                         static_cast<std::uint32_t>(page & 3) << 29 |
                             static_cast<std::uint32_t>(page >> 2 & 0x7ffff) << 5);
        case R_AARCH64_ADD_ABS_LO12_NC:
        case R_AARCH64_LDST8_ABS_LO12_NC:
            return scaled(0);
        case R_AARCH64_LDST16_ABS_LO12_NC:
            return scaled(1);
        case R_AARCH64_LDST32_ABS_LO12_NC:
            return scaled(2);
        case R_AARCH64_LDST64_ABS_LO12_NC:
            return scaled(3);
        case R_AARCH64_LDST128_ABS_LO12_NC:
            return scaled(4);
        case R_AARCH64_CALL26:
        case R_AARCH64_JUMP26:
            if (distance < -(1 << 27) || distance >= 1 << 27) refuse("a relocation does not fit its field");
            return patch(place, 0x03ffffffU, static_cast<std::uint32_t>(distance >> 2));
        case R_AARCH64_PREL32:
            return write_checked<std::int32_t>(place, distance);
        case R_AARCH64_PREL64:
            return write_checked<std::int64_t>(place, distance);
        default:
            break;
    }
#endif
    (void)distance;
    refuse(fmt::format("relocation {} is not known", kind));
}

/// One pass over an object: place its sections, copy them, resolve.
class Loader {
  public:
    explicit Loader(std::span<const std::byte> object) : view_(object) {
        header_ = view_.at<Elf64_Ehdr>(0);
        if (std::memcmp(header_.e_ident, ELFMAG, SELFMAG) != 0 || header_.e_ident[EI_CLASS] != ELFCLASS64 ||
            header_.e_type != ET_REL || header_.e_machine != machine)
            refuse("it is not a relocatable object of this machine");
        sections_ =
            view_.table<Elf64_Shdr>(header_.e_shoff, std::uint64_t{header_.e_shnum} * sizeof(Elf64_Shdr));
        place_sections();
    }

    std::size_t size() const { return size_; }

    void copy(std::byte* memory) {
        memory_ = memory;
        for (std::size_t i = 0; i < sections_.size(); ++i) {
            const auto& section = sections_[i];
            if (offsets_[i] == absent || section.sh_type == SHT_NOBITS || section.sh_size == 0) continue;
            const auto bytes = view_.range(section.sh_offset, section.sh_size);
            std::memcpy(memory + offsets_[i], bytes.data(), bytes.size());
        }
    }

    /// Applies all relocations and returns where the kernel starts.
    std::byte* resolve() {
        std::byte* kernel = nullptr;
        for (const auto& section : sections_) {
            if (section.sh_type == SHT_SYMTAB) kernel = read_symbols(section);
            if (section.sh_type == SHT_REL) refuse("it has relocations without addends");
        }
        for (const auto& section : sections_)
            if (section.sh_type == SHT_RELA && section.sh_info < sections_.size() &&
                offsets_[section.sh_info] != absent)
                relocate_section(section);
        if (!kernel) refuse(fmt::format("it does not define {}", kernel_symbol));
        return kernel;
    }

  private:
    static constexpr std::uint64_t absent = UINT64_MAX;
    static constexpr std::uint64_t largest = std::uint64_t{1} << 30;

    void place_sections() {
        offsets_.assign(sections_.size(), absent);
        for (std::size_t i = 0; i < sections_.size(); ++i) {
            const auto& section = sections_[i];
            if (!(section.sh_flags & SHF_ALLOC)) continue;
            if (section.sh_flags & (SHF_WRITE | SHF_TLS) && section.sh_size > 0)
                refuse("it has data that can be written");
            const std::uint64_t alignment = section.sh_addralign > 1 ? section.sh_addralign : 1;
            if (alignment > 4096 || (alignment & (alignment - 1)) != 0 || section.sh_size > largest)
                refuse("a section has an impossible size or alignment");
            size_ = (size_ + alignment - 1) / alignment * alignment;
            offsets_[i] = size_;
            size_ += section.sh_size;
            if (size_ > largest) refuse("it is too large");
        }
        if (size_ == 0) refuse("it is empty");
    }

    std::byte* read_symbols(const Elf64_Shdr& section) {
        symbols_ = view_.table<Elf64_Sym>(section.sh_offset, section.sh_size);
        if (section.sh_link >= sections_.size()) refuse("its symbols have no names");
        const auto& strings = sections_[section.sh_link];
        const auto names = view_.range(strings.sh_offset, strings.sh_size);
        for (const auto& symbol : symbols_) {
            if (symbol.st_name >= names.size()) refuse("a symbol's name is outside of the names");
            const char* const text = reinterpret_cast<const char*>(names.data()) + symbol.st_name;
            const std::string_view name(text, strnlen(text, names.size() - symbol.st_name));
            if (name == kernel_symbol && symbol.st_shndx != SHN_UNDEF) return address(symbol);
        }
        return nullptr;
    }

    std::byte* address(const Elf64_Sym& symbol) const {
        if (symbol.st_shndx == SHN_UNDEF || symbol.st_shndx >= sections_.size() ||
            offsets_[symbol.st_shndx] == absent)
            refuse("it needs a symbol from outside");
        if (symbol.st_value > sections_[symbol.st_shndx].sh_size)
            refuse("a symbol is outside of its section");
        return memory_ + offsets_[symbol.st_shndx] + symbol.st_value;
    }

    void relocate_section(const Elf64_Shdr& section) {
        const auto& target = sections_[section.sh_info];
        for (const auto& entry : view_.table<Elf64_Rela>(section.sh_offset, section.sh_size)) {
            const std::uint64_t index = ELF64_R_SYM(entry.r_info);
            if (index >= symbols_.size()) refuse("a relocation has no symbol");
            if (entry.r_offset > target.sh_size || target.sh_size - entry.r_offset < 8) {
                // Room for the widest field; the narrow ones may end with the section.
                if (entry.r_offset + 4 > target.sh_size || wide(ELF64_R_TYPE(entry.r_info)))
                    refuse("a relocation is outside of its section");
            }
            const auto value = reinterpret_cast<std::uint64_t>(address(symbols_[index]));
            relocate(ELF64_R_TYPE(entry.r_info), memory_ + offsets_[section.sh_info] + entry.r_offset,
                     value + static_cast<std::uint64_t>(entry.r_addend));
        }
    }

    static bool wide(std::uint32_t kind) {
#if defined(__aarch64__)
        return kind == R_AARCH64_PREL64;
#else
        return kind == R_X86_64_PC64 || kind == R_X86_64_64;
#endif
    }

    View view_;
    Elf64_Ehdr header_{};
    std::vector<Elf64_Shdr> sections_;
    std::vector<Elf64_Sym> symbols_;
    std::vector<std::uint64_t> offsets_;  ///< of each section in memory
    std::uint64_t size_ = 0;
    std::byte* memory_ = nullptr;
};

}  // namespace

LoadedObject::LoadedObject(std::span<const std::byte> object) {
    Loader loader(object);
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    size_ = (loader.size() + page - 1) / page * page;
    memory_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory_ == MAP_FAILED) refuse("there is no memory for it");
    try {
        loader.copy(static_cast<std::byte*>(memory_));
        kernel_ = reinterpret_cast<KernelFunction>(loader.resolve());
        if (mprotect(memory_, size_, PROT_READ | PROT_EXEC) != 0)
            refuse("the system does not let memory be executed");
    } catch (...) {
        munmap(memory_, size_);
        throw;
    }
    __builtin___clear_cache(static_cast<char*>(memory_), static_cast<char*>(memory_) + size_);
}

LoadedObject::~LoadedObject() { munmap(memory_, size_); }

}  // namespace neurodyn::compile
