// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as an experiment: the reader gives an experiment or an Error, and nothing else.
#include <cstddef>
#include <cstdint>
#include <string>

#include "experiment/experiment.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const neurodyn::experiment::Document document = neurodyn::experiment::parse_document(
            std::string(reinterpret_cast<const char*>(data), size), "fuzz.yaml");
        neurodyn::experiment::read_experiment(document);
    } catch (const neurodyn::Error&) {
    }
    return 0;
}
