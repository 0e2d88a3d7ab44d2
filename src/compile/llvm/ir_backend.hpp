// SPDX-License-Identifier: BSD-3-Clause
// The backend of the math templates that writes LLVM instructions on vectors of `width` lanes.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include <cstdint>

#include "base/math/backend.hpp"
#include "compile/llvm/constant_pool.hpp"

namespace neurodyn::compile {

/// No fast-math flag is ever set, so each operation keeps its bits through all passes.
class IrBackend {
  public:
    using Real = llvm::Value*;
    using Mask = llvm::Value*;
    using Bits = llvm::Value*;

    IrBackend(llvm::IRBuilder<>& builder, bool is_double, unsigned width)
        : builder_(builder),
          is_double_(is_double),
          real_(widen(is_double ? builder.getDoubleTy() : builder.getFloatTy(), width)),
          bits_(widen(is_double ? builder.getInt64Ty() : builder.getInt32Ty(), width)),
          words_(widen(builder.getInt64Ty(), width)) {}

    /// From now on constants are read from a pool, where it wants them.
    void use_pool(ConstantPool* pool) { pool_ = pool; }

    llvm::IRBuilder<>& builder() { return builder_; }
    llvm::Type* real_type() const { return real_; }
    bool is_double() const { return is_double_; }

    Real constant(double value) {
        // Rounded once, to nearest, here; LLVM's own conversion is not needed.
        const double rounded = is_double_ ? value : static_cast<double>(static_cast<float>(value));
        return pooled(llvm::ConstantFP::get(real_, rounded));
    }
    Bits bits_constant(std::uint64_t value) { return pooled(bits_literal(value)); }

    Real add(Real a, Real b) { return builder_.CreateFAdd(a, b); }
    Real sub(Real a, Real b) { return builder_.CreateFSub(a, b); }
    Real mul(Real a, Real b) { return builder_.CreateFMul(a, b); }
    Real div(Real a, Real b) { return builder_.CreateFDiv(a, b); }
    Real sqrt(Real a) { return builder_.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, a); }
    Real fma(Real a, Real b, Real c) {
        return builder_.CreateIntrinsic(llvm::Intrinsic::fma, {real_}, {a, b, c});
    }
    Real neg(Real a) { return builder_.CreateFNeg(a); }
    Real abs(Real a) { return builder_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, a); }
    Real min(Real a, Real b) { return select(lt(a, b), a, b); }
    Real max(Real a, Real b) { return select(gt(a, b), a, b); }

    Mask lt(Real a, Real b) { return builder_.CreateFCmpOLT(a, b); }
    Mask le(Real a, Real b) { return builder_.CreateFCmpOLE(a, b); }
    Mask gt(Real a, Real b) { return builder_.CreateFCmpOGT(a, b); }
    Mask ge(Real a, Real b) { return builder_.CreateFCmpOGE(a, b); }
    Mask eq(Real a, Real b) { return builder_.CreateFCmpOEQ(a, b); }
    Mask ne(Real a, Real b) { return builder_.CreateFCmpUNE(a, b); }
    Mask mask_and(Mask a, Mask b) { return builder_.CreateAnd(a, b); }
    Mask mask_or(Mask a, Mask b) { return builder_.CreateOr(a, b); }
    Mask mask_not(Mask a) { return builder_.CreateNot(a); }
    Real select(Mask m, Real a, Real b) { return builder_.CreateSelect(m, a, b); }

    Bits to_bits(Real a) { return builder_.CreateBitCast(a, bits_); }
    Real from_bits(Bits a) { return builder_.CreateBitCast(a, real_); }
    Bits bits_add(Bits a, Bits b) { return builder_.CreateAdd(a, b); }
    Bits bits_sub(Bits a, Bits b) { return builder_.CreateSub(a, b); }
    Bits bits_and(Bits a, Bits b) { return builder_.CreateAnd(a, b); }
    Bits bits_or(Bits a, Bits b) { return builder_.CreateOr(a, b); }
    Bits bits_xor(Bits a, Bits b) { return builder_.CreateXor(a, b); }
    Bits shift_left(Bits a, int count) { return builder_.CreateShl(a, bits_literal(count)); }
    Bits shift_right(Bits a, int count) { return builder_.CreateLShr(a, bits_literal(count)); }
    Mask bits_equal(Bits a, Bits b) { return builder_.CreateICmpEQ(a, b); }
    Bits select_bits(Mask m, Bits a, Bits b) { return builder_.CreateSelect(m, a, b); }

    void multiply_words(Bits a, std::uint32_t factor, Bits& high, Bits& low) {
        const auto wide = [&](std::uint64_t value) { return llvm::ConstantInt::get(words_, value); };
        auto* const word = builder_.CreateAnd(builder_.CreateZExtOrTrunc(a, words_), wide(0xffffffffu));
        auto* const product = builder_.CreateMul(word, wide(factor));
        low = builder_.CreateZExtOrTrunc(product, bits_);
        high = builder_.CreateZExtOrTrunc(builder_.CreateLShr(product, wide(32)), bits_);
    }

    static llvm::Type* widen(llvm::Type* type, unsigned width) {
        return width == 1 ? type : llvm::FixedVectorType::get(type, width);
    }

  private:
    llvm::Constant* bits_literal(std::uint64_t value) {
        return llvm::ConstantInt::get(bits_, is_double_ ? value : value & 0xffffffffu);
    }
    llvm::Value* pooled(llvm::Constant* value) { return pool_ ? pool_->read(builder_, value) : value; }

    llvm::IRBuilder<>& builder_;
    bool is_double_;
    llvm::Type *real_, *bits_, *words_;
    ConstantPool* pool_ = nullptr;
};

static_assert(math::Backend<IrBackend>);

}  // namespace neurodyn::compile
