// SPDX-License-Identifier: BSD-3-Clause
// Vector constants of a module, in memory.
#include "compile/llvm/constant_pool.hpp"

#include <llvm/IR/Module.h>

namespace neurodyn::compile {

namespace {

/// Copies are made up to here, a quarter of the smallest first-level cache; what comes later shares with all.
constexpr std::uint64_t most_bytes = 8192;
constexpr std::uint64_t everyone = 0;

}  // namespace

ConstantPool::ConstantPool(llvm::Module& module)
    : module_(module),
      place_(new llvm::GlobalVariable(module, llvm::Type::getInt8Ty(module.getContext()), true,
                                      llvm::GlobalValue::ExternalLinkage, nullptr, "constants")) {}

llvm::Value* ConstantPool::read(llvm::IRBuilder<>& builder, llvm::Constant* value) {
    const auto size = module_.getDataLayout().getTypeAllocSize(value->getType()).getFixedValue();
    const auto group = bytes_ < most_bytes ? group_ : everyone;
    const auto [found, is_new] = offsets_.try_emplace({group, value}, bytes_);
    if (is_new) {
        bytes_ += size;
        values_.push_back(value);
    }
    auto* const address = builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), place_, found->second);
    auto* const load = builder.CreateAlignedLoad(value->getType(), address, llvm::Align(size));
    load->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(module_.getContext(), {}));
    return load;
}

void ConstantPool::finish() {
    if (!values_.empty()) {
        auto* const contents = llvm::ConstantStruct::getAnon(module_.getContext(), values_);
        auto* const memory = new llvm::GlobalVariable(module_, contents->getType(), true,
                                                      llvm::GlobalValue::PrivateLinkage, contents);
        memory->setAlignment(module_.getDataLayout().getABITypeAlign(contents->getType()));
        place_->replaceAllUsesWith(memory);
    }
    place_->eraseFromParent();
}

}  // namespace neurodyn::compile
