// SPDX-License-Identifier: BSD-3-Clause
// The plugin's two entries: a program through LLVM's passes to an object file or to text.
#include "compile/plugin.hpp"

#include <fmt/format.h>
#include <llvm/CodeGen/MachineModuleInfo.h>
#include <llvm/CodeGen/Passes.h>
#include <llvm/CodeGen/TargetPassConfig.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/SubtargetFeature.h>

#include <memory>
#include <stdexcept>

#include "base/error.hpp"
#include "compile/code_size.hpp"
#include "compile/llvm/emit.hpp"

namespace neurodyn::compile {

namespace {

/// The processor that this runs on, as LLVM names it.
struct Host {
    std::string triple = llvm::sys::getProcessTriple();
    std::string cpu = llvm::sys::getHostCPUName().str();
    std::string features;
    const llvm::Target* target = nullptr;

    Host() {
        llvm::InitializeNativeTarget();
        llvm::InitializeNativeTargetAsmPrinter();
        llvm::SubtargetFeatures list;
        for (const auto& [name, on] : llvm::sys::getHostCPUFeatures()) list.AddFeature(name, on);
        features = list.getString();
        std::string problem;
        target = llvm::TargetRegistry::lookupTarget(triple, problem);
        if (!target) throw Error(fmt::format("LLVM cannot make code for '{}': {}", triple, problem));
    }
};

const Host& host() {
    static const Host the_host;
    return the_host;
}

std::unique_ptr<llvm::TargetMachine> make_machine() {
    llvm::TargetOptions options;
    options.AllowFPOpFusion = llvm::FPOpFusion::Strict;  // a sum of products stays two operations
    options.TrapUnreachable = false;
    return std::unique_ptr<llvm::TargetMachine>(host().target->createTargetMachine(
        host().triple, host().cpu, host().features, options, llvm::Reloc::PIC_, llvm::CodeModel::Small,
        llvm::CodeGenOptLevel::Default));
}

void set_attributes(llvm::Module& module, int vector_bits) {
    for (auto& function : module) {
        if (function.isDeclaration()) continue;
        function.addFnAttr("target-cpu", host().cpu);
        function.addFnAttr("target-features", host().features);
        // Processors with slow 512-bit units would otherwise get halves of the vectors that we wrote.
        function.addFnAttr("prefer-vector-width", std::to_string(vector_bits));
        function.addFnAttr("min-legal-vector-width", std::to_string(vector_bits));
    }
}

void check_module(const llvm::Module& module) {
    std::string problem;
    llvm::raw_string_ostream stream(problem);
    if (!llvm::verifyModule(module, &stream)) return;
    module.print(stream, nullptr);
    throw std::logic_error("internal error: LLVM refuses the module of a program:\n" + problem);
}

/// A module ready for code generation, and what it lives in.
struct Prepared {
    std::unique_ptr<llvm::TargetMachine> machine = make_machine();
    llvm::LLVMContext context;
    std::unique_ptr<llvm::Module> module;
    bool ordered;  ///< the emitter knows a good order of instructions

    Prepared(const Program& program, Precision precision, int width) : ordered(has_functions(program)) {
        module = emit_program(context, *machine, program, precision, static_cast<unsigned>(width));
        set_attributes(*module, 512);
        check_module(*module);
    }

    llvm::SmallVector<char, 0> generate(llvm::CodeGenFileType type) {
        llvm::SmallVector<char, 0> bytes;
        llvm::raw_svector_ostream stream(bytes);
        llvm::legacy::PassManager passes;
        add_passes(passes, stream, type);
        passes.run(*module);
        return bytes;
    }

  private:
    /// LLVM's code generation without what the emitter has already done: the order of instructions and what
    /// stays in a register through the loop. No pass runs before it: there is nothing in straight vector code
    /// that instruction selection does not find itself.
    void add_passes(llvm::legacy::PassManager& passes, llvm::raw_pwrite_stream& stream,
                    llvm::CodeGenFileType type) const {
        auto& target = static_cast<llvm::LLVMTargetMachine&>(*machine);
        auto* const config = target.createPassConfig(passes);
        auto* const machine_module = new llvm::MachineModuleInfoWrapperPass(&target);
        config->setDisableVerify(true);
        if (ordered)
            for (const auto pass :
                 {&llvm::MachineSchedulerID, &llvm::PostRASchedulerID, &llvm::EarlyMachineLICMID})
                config->disablePass(pass);
        passes.add(config);
        passes.add(machine_module);
        bool failed = config->addISelPasses();
        if (!failed) {
            config->addMachinePasses();
            config->setInitialized();
            failed =
                target.addAsmPrinter(passes, stream, nullptr, type, machine_module->getMMI().getContext());
        }
        if (failed) throw Error(fmt::format("LLVM cannot write files for '{}'", host().triple));
        passes.add(llvm::createFreeMachineFunctionPass());
    }
};

}  // namespace

extern "C" __attribute__((visibility("default"))) void neurodyn_llvm_compile(const Program& program,
                                                                             Precision precision, int width,
                                                                             std::vector<std::byte>& object) {
    Prepared prepared(program, precision, width);
    const auto bytes = prepared.generate(llvm::CodeGenFileType::ObjectFile);
    const auto* const first = reinterpret_cast<const std::byte*>(bytes.data());
    object.assign(first, first + bytes.size());
}

extern "C" __attribute__((visibility("default"))) void neurodyn_llvm_print_stage(
    const Program& program, Precision precision, int width, const std::string& stage, std::string& text) {
    Prepared prepared(program, precision, width);
    if (stage == "asm") {
        const auto bytes = prepared.generate(llvm::CodeGenFileType::AssemblyFile);
        text.assign(bytes.begin(), bytes.end());
        return;
    }
    llvm::raw_string_ostream stream(text);
    prepared.module->print(stream, nullptr);
}

}  // namespace neurodyn::compile
