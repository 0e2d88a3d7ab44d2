// SPDX-License-Identifier: BSD-3-Clause
// The report: a JSON document (docs/report.md) made from an outcome, and the HTML page that shows it.
#pragma once

#include <string>

#include "experiment/run.hpp"

namespace neurodyn::experiment {

/// Everything that the report shows of a run.
struct ReportInput {
    const Experiment& experiment;
    const Built& built;
    const Outcome& outcome;
    const RunSettings& settings;
    const Collector* data = nullptr;  ///< null when there was a sweep only
    double wall_s = 0.0;
};

/// The JSON document of the page.
std::string report_document(const ReportInput& input);

/// False in a build without npm: then there is no page to put documents into.
bool can_write_reports();

/// The self-contained page: the viewer's template with the document in it. Throws Error when the template is
/// not installed, FileError when the page cannot be written.
void write_report(const std::string& document, const std::string& path);

}  // namespace neurodyn::experiment
