// SPDX-License-Identifier: BSD-3-Clause
// neurodyn completion: scripts that let the shell complete verbs, options, models and files.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "commands.hpp"

namespace neurodyn::app {
namespace {

struct Verb {
    std::string name, description;
    std::vector<std::string> options;
};

std::vector<Verb> verbs_of(const CLI::App& app) {
    std::vector<Verb> verbs;
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
        Verb verb{sub->get_name(), sub->get_description(), {}};
        for (const CLI::Option* option : sub->get_options())
            for (const std::string& name : option->get_lnames()) verb.options.push_back("--" + name);
        verbs.push_back(std::move(verb));
    }
    return verbs;
}

constexpr const char* lists = "models couplings synapses experiments analyses methods units data";

std::string bash(const std::vector<Verb>& verbs) {
    std::vector<std::string> names;
    std::string cases;
    for (const Verb& verb : verbs) {
        names.push_back(verb.name);
        cases += fmt::format("    {}) words=\"{}\" ;;\n", verb.name, fmt::join(verb.options, " "));
    }
    return fmt::format(R"~(# bash completion of neurodyn: source <(neurodyn completion bash)
_neurodyn() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} verb=${{COMP_WORDS[1]}} words=
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "{0} --help --version" -- "$current"))
    return
  fi
  case "$verb" in
{1}  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$current")); return ;;
  esac
  case "$verb" in
    list) COMPREPLY=($(compgen -W "{2}" -- "$current")) ;;
    completion) COMPREPLY=($(compgen -W "bash zsh fish" -- "$current")) ;;
    inspect) COMPREPLY=($(compgen -W "$(neurodyn list models 2>/dev/null | awk 'NR > 1 {{print $1}}')" -f -- "$current")) ;;
    *) COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}}
complete -o filenames -F _neurodyn neurodyn
)~",
                       fmt::join(names, " "), cases, lists);
}

std::string zsh(const std::vector<Verb>& verbs) {
    std::string described, cases;
    for (const Verb& verb : verbs) {
        described += fmt::format("    '{}:{}'\n", verb.name, verb.description);
        cases += fmt::format("    {}) compadd -- {} ;;\n", verb.name, fmt::join(verb.options, " "));
    }
    return fmt::format(R"~(#compdef neurodyn
# zsh completion of neurodyn: neurodyn completion zsh > "${{fpath[1]}}/_neurodyn"
_neurodyn() {{
  local -a verbs=(
{0}  )
  if (( CURRENT == 2 )); then
    _describe verb verbs
    return
  fi
  if [[ $PREFIX == -* ]]; then
    case $words[2] in
{1}    esac
    return
  fi
  case $words[2] in
    list) compadd -- {2} ;;
    completion) compadd -- bash zsh fish ;;
    inspect) compadd -- ${{(f)"$(neurodyn list models 2>/dev/null | awk 'NR > 1 {{print $1}}')"}}; _files ;;
    *) _files ;;
  esac
}}
_neurodyn "$@"
)~",
                       described, cases, lists);
}

std::string fish(const std::vector<Verb>& verbs) {
    std::string text =
        "# fish completion of neurodyn: neurodyn completion fish > "
        "~/.config/fish/completions/neurodyn.fish\n";
    for (const Verb& verb : verbs) {
        text += fmt::format("complete -c neurodyn -n __fish_use_subcommand -f -a {} -d '{}'\n", verb.name,
                            verb.description);
        for (const std::string& option : verb.options)
            text += fmt::format("complete -c neurodyn -n '__fish_seen_subcommand_from {}' -l {}\n", verb.name,
                                option.substr(2));
    }
    text += fmt::format("complete -c neurodyn -n '__fish_seen_subcommand_from list' -f -a '{}'\n", lists);
    text += "complete -c neurodyn -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'\n";
    return text;
}

}  // namespace

void add_completion(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& actions) {
    const auto shell = std::make_shared<std::string>();
    CLI::App* verb = app.add_subcommand("completion", "Print a script for the completion of the shell");
    verb->add_option("SHELL", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    verb->footer("Example, in ~/.bashrc:\n  source <(neurodyn completion bash)");
    actions.emplace_back(verb, [&app, shell] {
        const std::vector<Verb> verbs = verbs_of(app);
        fmt::print("{}", *shell == "bash" ? bash(verbs) : *shell == "zsh" ? zsh(verbs) : fish(verbs));
        return static_cast<int>(success);
    });
}

}  // namespace neurodyn::app
