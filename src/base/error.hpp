// SPDX-License-Identifier: BSD-3-Clause
// Errors that a user can cause: each carries the facts (name, unit, place), and the text is made from them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace neurodyn {

/// A half-open byte range of one source text.
struct SourceSpan {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

/// One problem in one input text. `file` is a path or a name such as "<equations>".
struct Diagnostic {
    std::string message;      ///< what is wrong, one sentence, names and units in it
    std::string hint;         ///< what to do; may be empty
    std::string file;         ///< empty when the input has no file
    std::size_t line = 0;     ///< 1-based; 0 when the place is not known
    std::size_t column = 0;   ///< 1-based, in bytes
    std::size_t length = 0;   ///< of the marked text, in bytes
    std::string source_line;  ///< the whole line, without its end
};

/// "file:line:column: error: message", the source line, a caret line, and the hint.
std::string to_string(const Diagnostic& diagnostic);

/// The place of `span` in `text`, filled into a diagnostic.
Diagnostic make_diagnostic(std::string file, std::string_view text, SourceSpan span, std::string message,
                           std::string hint = {});

/// Base of every error that a user can cause.
class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// All the problems of one input, found together.
class InputError : public Error {
  public:
    explicit InputError(std::vector<Diagnostic> diagnostics);
    const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

  private:
    std::vector<Diagnostic> diagnostics_;
};

/// A file that cannot be read or written.
class FileError : public Error {
  public:
    FileError(std::string path, const std::string& problem);
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

/// A problem of one named thing of a network, such as "projection 'exc'": whoever knows where that thing
/// stands in a document can say so.
class SubjectError : public Error {
  public:
    /// "SUBJECT: PROBLEM"; the subject is not repeated when the problem begins with it.
    SubjectError(std::string subject, const std::string& problem);
    const std::string& subject() const { return subject_; }

  private:
    std::string subject_;
};

/// A value that became infinite or not-a-number while a run went on.
class NonFiniteError : public Error {
  public:
    NonFiniteError(std::string population, std::size_t node, std::size_t member, std::string variable,
                   double time_s);
    std::string population, variable;
    std::size_t node, member;
    double time_s;
};

/// What `work` returns; its plain Errors become those of `subject`.
template <class Work>
auto about(const std::string& subject, Work work) {
    try {
        return work();
    } catch (const SubjectError&) {
        throw;
    } catch (const InputError&) {
        throw;
    } catch (const FileError&) {
        throw;
    } catch (const NonFiniteError&) {
        throw;
    } catch (const Error& error) {
        throw SubjectError(subject, error.what());
    }
}

/// The name in `candidates` that is nearest to `name`, or an empty string when none is near
/// (Damerau-Levenshtein distance at most a third of the length, at least 1).
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

/// "did you mean 'x'?", or an empty string.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

/// The whole file as text. Throws FileError when it is missing, is a directory or is larger than
/// `limit_bytes`.
std::string read_file(const std::string& path, std::size_t limit_bytes = std::size_t{1} << 30);

}  // namespace neurodyn
