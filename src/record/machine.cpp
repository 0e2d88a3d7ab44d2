// SPDX-License-Identifier: BSD-3-Clause
// What a run ran on.
#include <fmt/format.h>
#include <sys/utsname.h>

#include <fstream>
#include <string>
#include <thread>

#include "record/writer.hpp"

namespace neurodyn::record {
namespace {

// "model name : AMD EPYC ..." of /proc/cpuinfo; other systems have no such file.
std::string read_processor() {
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);) {
        const std::size_t colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
    }
    return "unknown processor";
}

// Read once: the kernel asks every core for what it writes there.
const std::string& processor() {
    static const std::string name = read_processor();
    return name;
}

}  // namespace

std::string machine_description() {
    utsname system{};
    if (uname(&system) != 0) return processor();
    return fmt::format("{}, {} threads, {} {} {}", processor(), std::thread::hardware_concurrency(),
                       system.sysname, system.release, system.machine);
}

}  // namespace neurodyn::record
