// SPDX-License-Identifier: BSD-3-Clause
// Writes a program as loops over vectors.
//
//   kernel(args, begin, end):  uniform values -> broadcast[]
//       for each tile of elements:  for each loop body:  body(args, broadcast, scratch, first, last, end)
//
// A program of one body has no tiles and no scratch. Bodies load and compute; the last one stores and
// lists events, so that every load sees the old state.
#include "compile/llvm/emit.hpp"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <vector>

#include "base/aligned.hpp"
#include "compile/code_size.hpp"
#include "compile/llvm/constant_pool.hpp"
#include "compile/llvm/interleave.hpp"
#include "compile/llvm/ir_backend.hpp"
#include "compile/llvm/operations.hpp"
#include "compile/llvm/order.hpp"
#include "compile/llvm/parts.hpp"
#include "compile/object_loader.hpp"
#include "symbolic/operations.hpp"

namespace neurodyn::compile {

using llvm::BasicBlock;
using llvm::Function;
using llvm::Value;
using symbolic::Op;
using symbolic::Type;

namespace {

/// Elements that pass through all loop bodies before the next ones, so that scratch stays in cache.
constexpr std::uint64_t tile_elements = 32;
static_assert(tile_elements % padding_elements == 0);

/// The fields of KernelArgs in their order.
enum Field : unsigned { arrays_field, uniforms_field, event_lists_field, event_counts_field };

class Emitter {
  public:
    Emitter(llvm::LLVMContext& context, const llvm::TargetMachine& machine, const Program& program,
            Precision precision, unsigned width)
        : context_(context),
          program_(program),
          parts_(cut(program)),
          width_(width),
          is_double_(precision == Precision::double_),
          module_(std::make_unique<llvm::Module>("neurodyn", context)),
          pool_(*module_),
          builder_(context),
          lanes_(builder_, is_double_, width),
          scalar_(builder_, is_double_, 1),
          pointer_(llvm::PointerType::get(context, 0)) {
        module_->setDataLayout(machine.createDataLayout());
        module_->setTargetTriple(machine.getTargetTriple().str());
        operands_in_memory_ = machine.getTargetTriple().isX86() && width > 1 && has_functions(program);
    }

    std::unique_ptr<llvm::Module> run() {
        if (operands_in_memory_) lanes_.use_pool(&pool_);
        std::vector<Function*> bodies;
        for (std::uint32_t i = 0; i < parts_.loops.size(); ++i) bodies.push_back(emit_body(i));
        emit_kernel(bodies);
        pool_.finish();
        return std::move(module_);
    }

  private:
    // ---- shape of functions ----

    Function* make_function(const std::string& name, const std::vector<llvm::Type*>& parameters,
                            bool external) {
        auto* const type = llvm::FunctionType::get(builder_.getVoidTy(), parameters, false);
        auto* const function = Function::Create(
            type, external ? Function::ExternalLinkage : Function::InternalLinkage, name, *module_);
        function->setDoesNotThrow();
        builder_.SetInsertPoint(BasicBlock::Create(context_, "entry", function));
        return function;
    }

    /// for (j = first; j < last; j += step) body(j), signed.
    template <class Body>
    void emit_loop(Value* first, Value* last, std::uint64_t step, const char* name, Body body) {
        auto* const function = builder_.GetInsertBlock()->getParent();
        auto* const before = builder_.GetInsertBlock();
        auto* const loop = BasicBlock::Create(context_, name, function);
        auto* const after = BasicBlock::Create(context_, "after", function);
        builder_.CreateCondBr(builder_.CreateICmpSLT(first, last), loop, after);
        builder_.SetInsertPoint(loop);
        auto* const j = builder_.CreatePHI(builder_.getInt64Ty(), 2, "j");
        j->addIncoming(first, before);
        body(j);
        auto* const next = builder_.CreateAdd(j, builder_.getInt64(step), "next", false, true);
        j->addIncoming(next, builder_.GetInsertBlock());
        builder_.CreateCondBr(builder_.CreateICmpSLT(next, last), loop, after);
        builder_.SetInsertPoint(after);
    }

    Value* load_field(Value* args, Field field) {
        return builder_.CreateLoad(pointer_, builder_.CreateConstGEP1_64(pointer_, args, field));
    }
    Value* load_pointer(Value* table, std::uint32_t index) {
        return builder_.CreateLoad(pointer_, builder_.CreateConstGEP1_64(pointer_, table, index));
    }
    Value* real_at(Value* base, Value* index) { return builder_.CreateGEP(scalar_.real_type(), base, index); }

    llvm::Align alignment() const {
        return llvm::Align(std::min<std::uint64_t>(alignment_bytes, width_ * (is_double_ ? 8 : 4)));
    }

    // ---- one loop body ----

    struct Body {
        Function* function;
        std::vector<Value*> arrays;     ///< base pointers, by array; null where not used
        std::vector<Value*> broadcast;  ///< vectors, by slot
        std::vector<Value*> values;     ///< of this iteration, by node
        Value *args, *broadcast_base, *scratch, *first, *last, *end;
        std::uint32_t number;
    };

    Function* emit_body(std::uint32_t number) {
        auto* const i64 = builder_.getInt64Ty();
        Body body{};
        body.number = number;
        body.function = make_function("body" + std::to_string(number),
                                      {pointer_, pointer_, pointer_, i64, i64, i64}, false);
        body.args = body.function->getArg(0);
        body.broadcast_base = body.function->getArg(1);
        body.scratch = body.function->getArg(2);
        body.first = body.function->getArg(3);
        body.last = body.function->getArg(4);
        body.end = body.function->getArg(5);
        for (const unsigned i : {0, 1, 2}) body.function->addParamAttr(i, llvm::Attribute::NoAlias);
        body.broadcast.resize(parts_.broadcast.size());
        body.arrays.resize(program_.arrays.size());
        load_invariants(body);
        emit_loop(body.first, body.last, width_, "loop", [&](Value* j) { emit_iteration(body, j); });
        builder_.CreateRetVoid();
        return body.function;
    }

    bool is_last(const Body& body) const { return body.number + 1 == parts_.loops.size(); }

    /// What this body reads that does not change in its loop: bases of arrays, uniform values.
    void load_invariants(Body& body) {
        Value* const table = load_field(body.args, arrays_field);
        const auto need = [&](NodeId id) {
            const auto slot = parts_.broadcast.find(id.index);
            if (!operands_in_memory_ && slot != parts_.broadcast.end() && !body.broadcast[slot->second])
                body.broadcast[slot->second] = load_broadcast(body, slot->second, program_.graph[id].type);
            if (program_.graph[id].op == Op::symbol && is_array(program_, id))
                need_array(body, table, array_of(id));
        };
        for (const NodeId id : parts_.loops[body.number])
            for (int k = 0; k < symbolic::info(program_.graph[id].op).arity; ++k)
                need(program_.graph[id].args[k]);
        if (!is_last(body)) return;
        for (const auto& store : program_.stores) {
            need(store.value);
            need_array(body, table, store.array);
        }
        for (const auto& event : program_.events) need(event.condition);
    }

    std::uint32_t array_of(NodeId symbol) const { return program_.array_index(program_.graph.name(symbol)); }

    void need_array(Body& body, Value* table, std::uint32_t array) {
        if (!body.arrays[array]) body.arrays[array] = load_pointer(table, array);
    }

    /// From its slot: where operands lie in memory, all lanes are there.
    Value* load_broadcast(const Body& body, std::uint32_t slot, Type type) {
        Value* spread = nullptr;
        if (operands_in_memory_) {
            auto* const place = builder_.CreateConstGEP1_64(lanes_.real_type(), body.broadcast_base, slot);
            auto* const load = builder_.CreateAlignedLoad(lanes_.real_type(), place, alignment());
            load->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(context_, {}));
            spread = load;
        } else {
            Value* const value = builder_.CreateLoad(scalar_.real_type(),
                                                     real_at(body.broadcast_base, builder_.getInt64(slot)));
            spread = width_ == 1 ? value : builder_.CreateVectorSplat(width_, value);
        }
        return type == Type::boolean ? lanes_.ne(spread, lanes_.constant(0.0)) : spread;
    }

    void emit_iteration(Body& body, Value* j) {
        body.values.assign(program_.graph.size(), nullptr);
        emit_nodes(body, j);
        for (const NodeId id : parts_.loops[body.number]) keep_crossing(body, id, j);
        if (!is_last(body)) return;
        std::vector<Value*> stored;
        for (const auto& store : program_.stores) stored.push_back(value_of(body, store.value, j));
        std::vector<Value*> conditions;
        for (const auto& event : program_.events) conditions.push_back(value_of(body, event.condition, j));
        for (std::size_t i = 0; i < stored.size(); ++i)
            builder_.CreateAlignedStore(stored[i], real_at(body.arrays[program_.stores[i].array], j),
                                        alignment());
        for (std::size_t i = 0; i < conditions.size(); ++i)
            emit_event(body, conditions[i], program_.events[i].list, j);
    }

    /// One node after another, and then all their instructions in the order of the plan.
    void emit_nodes(Body& body, Value* j) {
        const auto& nodes = parts_.loops[body.number];
        const auto times = plan(program_, nodes);
        BasicBlock& block = *builder_.GetInsertBlock();
        const std::size_t before = block.size();
        std::vector<double> order;  // when each new instruction starts
        for (const NodeId id : nodes) {
            const auto& node = program_.graph[id];
            const double start = times.start[id.index], length = times.length[id.index];
            // Functions that start together go in step.
            pool_.use_group(is_large(node.op) ? std::bit_cast<std::uint64_t>(start)
                                              : ~std::uint64_t{id.index});
            std::array<Value*, 3> args{};
            for (int k = 0; k < symbolic::info(node.op).arity; ++k) args[k] = value_of(body, node.args[k], j);
            order.resize(block.size() - before, start);
            body.values[id.index] = operation(lanes_, id, args);
            const std::size_t first = order.size(), count = block.size() - before - first;
            for (std::size_t i = 0; i < count; ++i)
                order.push_back(start + length * static_cast<double>(i) / static_cast<double>(count));
        }
        sort_by_time(block, order);
    }

    Value* operation(IrBackend& b, NodeId id, const std::array<Value*, 3>& args) {
        const auto op = program_.graph[id].op;
        return op == Op::lookup ? lookup(b, program_.graph.table(id).values, args[0])
                                : emit_operation(b, op, args);
    }

    /// symbolic::look_up() for each lane.
    Value* lookup(IrBackend& b, const std::vector<double>& values, Value* index) {
        if (values.empty()) return b.constant(std::numeric_limits<double>::quiet_NaN());
        Value* const last = b.constant(static_cast<double>(values.size() - 1));
        Value* const inside = b.select(b.gt(index, b.constant(0.0)), b.min(index, last), b.constant(0.0));
        const unsigned width = index->getType()->isVectorTy() ? width_ : 1;
        Value* const places = builder_.CreateFPToUI(inside, IrBackend::widen(builder_.getInt32Ty(), width));
        llvm::GlobalVariable* const table = table_of(values);
        const auto load = [&](Value* place) {
            return builder_.CreateLoad(scalar_.real_type(),
                                       real_at(table, builder_.CreateZExt(place, builder_.getInt64Ty())));
        };
        if (width == 1) return load(places);
        Value* found = llvm::PoisonValue::get(b.real_type());
        for (unsigned lane = 0; lane < width; ++lane)
            found =
                builder_.CreateInsertElement(found, load(builder_.CreateExtractElement(places, lane)), lane);
        return found;
    }

    llvm::GlobalVariable* table_of(const std::vector<double>& values) {
        llvm::GlobalVariable*& made = tables_[&values];
        if (made != nullptr) return made;
        const std::vector<float> rounded(values.begin(), values.end());
        llvm::Constant* const contents = is_double_ ? llvm::ConstantDataArray::get(context_, values)
                                                    : llvm::ConstantDataArray::get(context_, rounded);
        made = new llvm::GlobalVariable(*module_, contents->getType(), true,
                                        llvm::GlobalValue::PrivateLinkage, contents, "table");
        made->setAlignment(llvm::Align(alignment_bytes));
        return made;
    }

    Value* value_of(Body& body, NodeId id, Value* j) {
        const auto uniform = parts_.broadcast.find(id.index);
        if (operands_in_memory_ && uniform != parts_.broadcast.end())
            return load_broadcast(body, uniform->second, program_.graph[id].type);
        if (program_.graph[id].op == Op::constant) return constant(lanes_, program_.graph[id]);
        Value*& value = body.values[id.index];
        if (!value) value = outside_value(body, id, j);
        return value;
    }

    /// A uniform, an element of an array, or what an earlier body left.
    Value* outside_value(const Body& body, NodeId id, Value* j) {
        const auto& node = program_.graph[id];
        const auto uniform = parts_.broadcast.find(id.index);
        if (uniform != parts_.broadcast.end()) return body.broadcast[uniform->second];
        if (node.op == Op::symbol)
            return builder_.CreateAlignedLoad(lanes_.real_type(), real_at(body.arrays[array_of(id)], j),
                                              alignment());
        Value* const kept =
            builder_.CreateAlignedLoad(lanes_.real_type(), scratch_at(body, id, j), alignment());
        return node.type == Type::boolean ? lanes_.ne(kept, lanes_.constant(0.0)) : kept;
    }

    static Value* constant(IrBackend& b, const symbolic::Node& node) {
        Value* const value = b.constant(node.value);
        return node.type == Type::boolean ? b.ne(value, b.constant(0.0)) : value;
    }

    Value* scratch_at(const Body& body, NodeId id, Value* j) {
        const std::uint64_t row = parts_.crossing.at(id.index) * tile_elements;
        auto* const place = builder_.CreateAdd(builder_.CreateSub(j, body.first), builder_.getInt64(row));
        return real_at(body.scratch, place);
    }

    void keep_crossing(Body& body, NodeId id, Value* j) {
        if (!parts_.crossing.contains(id.index)) return;
        Value* value = body.values[id.index];
        if (program_.graph[id].type == Type::boolean)
            value = lanes_.select(value, lanes_.constant(1.0), lanes_.constant(0.0));
        builder_.CreateAlignedStore(value, scratch_at(body, id, j), alignment());
    }

    /// Rarely taken: appends the indices of the lanes where the condition holds, but of padding.
    void emit_event(Body& body, Value* condition, std::uint32_t list, Value* j) {
        auto* const i64 = builder_.getInt64Ty();
        auto* const function = body.function;
        auto* const some = BasicBlock::Create(context_, "some", function);
        auto* const each = BasicBlock::Create(context_, "each", function);
        auto* const done = BasicBlock::Create(context_, "done", function);
        Value* const packed =
            width_ == 1 ? condition : builder_.CreateBitCast(condition, builder_.getIntNTy(width_));
        Value* const lanes = builder_.CreateZExt(packed, i64);
        auto* const branch =
            builder_.CreateCondBr(builder_.CreateICmpNE(lanes, builder_.getInt64(0)), some, done);
        branch->setMetadata(
            llvm::LLVMContext::MD_prof,
            llvm::MDNode::get(context_, {llvm::MDString::get(context_, "branch_weights"),
                                         llvm::ConstantAsMetadata::get(builder_.getInt32(1)),
                                         llvm::ConstantAsMetadata::get(builder_.getInt32(50))}));
        builder_.SetInsertPoint(some);
        Value* const left = builder_.CreateBinaryIntrinsic(
            llvm::Intrinsic::umin, builder_.CreateSub(body.end, j), builder_.getInt64(width_));
        Value* const all = builder_.getInt64(~std::uint64_t{0});
        Value* const valid = builder_.CreateAnd(
            lanes, builder_.CreateLShr(all, builder_.CreateSub(builder_.getInt64(64), left)));
        Value* const indices = load_pointer(load_field(body.args, event_lists_field), list);
        Value* const counter =
            builder_.CreateConstGEP1_64(i64, load_field(body.args, event_counts_field), list);
        Value* const count = builder_.CreateLoad(i64, counter);
        builder_.CreateCondBr(builder_.CreateICmpNE(valid, builder_.getInt64(0)), each, done);
        builder_.SetInsertPoint(each);
        auto* const rest = builder_.CreatePHI(i64, 2);
        auto* const place = builder_.CreatePHI(i64, 2);
        rest->addIncoming(valid, some);
        place->addIncoming(count, some);
        Value* const lane = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::cttz, rest, builder_.getTrue());
        Value* const index = builder_.CreateTrunc(builder_.CreateAdd(j, lane), builder_.getInt32Ty());
        builder_.CreateStore(index, builder_.CreateGEP(builder_.getInt32Ty(), indices, place));
        Value* const more = builder_.CreateAnd(rest, builder_.CreateSub(rest, builder_.getInt64(1)));
        Value* const next = builder_.CreateAdd(place, builder_.getInt64(1));
        builder_.CreateStore(next, counter);
        rest->addIncoming(more, each);
        place->addIncoming(next, each);
        builder_.CreateCondBr(builder_.CreateICmpNE(more, builder_.getInt64(0)), each, done);
        builder_.SetInsertPoint(done);
    }

    // ---- the kernel around the bodies ----

    void emit_kernel(const std::vector<Function*>& bodies) {
        auto* const i64 = builder_.getInt64Ty();
        auto* const kernel = make_function(kernel_symbol, {pointer_, i64, i64}, true);
        Value *const args = kernel->getArg(0), *const begin = kernel->getArg(1),
                     *const end = kernel->getArg(2);
        Value* const broadcast = emit_uniforms(args);
        Value* const scratch = allocate(parts_.crossing.size() * tile_elements);
        if (bodies.size() == 1) {
            builder_.CreateCall(bodies[0], {args, broadcast, scratch, begin, end, end});
        } else {
            emit_loop(begin, end, tile_elements, "tiles", [&](Value* first) {
                Value* const last = builder_.CreateBinaryIntrinsic(
                    llvm::Intrinsic::smin, end, builder_.CreateAdd(first, builder_.getInt64(tile_elements)));
                for (Function* const body : bodies)
                    builder_.CreateCall(body, {args, broadcast, scratch, first, last, end});
            });
        }
        builder_.CreateRetVoid();
    }

    Value* allocate(std::uint64_t reals) {
        auto* const memory = builder_.CreateAlloca(
            llvm::ArrayType::get(scalar_.real_type(), std::max<std::uint64_t>(reals, 1)));
        memory->setAlignment(llvm::Align(alignment_bytes));
        return memory;
    }

    /// Computes uniform operations one lane wide and leaves those that loops read in memory.
    Value* emit_uniforms(Value* args) {
        const std::uint64_t lanes = operands_in_memory_ ? width_ : 1;
        Value* const memory = allocate(parts_.broadcast.size() * lanes);
        Value* const uniforms = load_field(args, uniforms_field);
        std::vector<Value*> values(program_.graph.size());
        const auto value = [&](NodeId id) {
            const auto& node = program_.graph[id];
            Value*& made = values[id.index];
            if (!made && node.op == Op::constant) made = constant(scalar_, node);
            if (!made && node.op == Op::symbol)
                made = builder_.CreateLoad(
                    scalar_.real_type(),
                    real_at(uniforms, builder_.getInt64(program_.uniform_index(program_.graph.name(id)))));
            return made;
        };
        for (const NodeId id : parts_.uniform) {
            const auto& node = program_.graph[id];
            std::array<Value*, 3> operands{};
            for (int k = 0; k < symbolic::info(node.op).arity; ++k) operands[k] = value(node.args[k]);
            values[id.index] = operation(scalar_, id, operands);
        }
        // In the order of slots, so that the same program always gives the same code.
        std::vector<std::uint32_t> node_of(parts_.broadcast.size());
        for (const auto& [node, slot] : parts_.broadcast) node_of[slot] = node;
        for (std::uint32_t slot = 0; slot < node_of.size(); ++slot) {
            Value* kept = value(NodeId{node_of[slot]});
            if (kept->getType()->isIntegerTy(1))
                kept = scalar_.select(kept, scalar_.constant(1.0), scalar_.constant(0.0));
            if (operands_in_memory_) kept = builder_.CreateVectorSplat(width_, kept);
            builder_.CreateStore(kept, real_at(memory, builder_.getInt64(slot * lanes)));
        }
        return memory;
    }

    llvm::LLVMContext& context_;
    const Program& program_;
    Parts parts_;
    unsigned width_;
    bool is_double_;
    std::unique_ptr<llvm::Module> module_;
    ConstantPool pool_;
    llvm::IRBuilder<> builder_;
    IrBackend lanes_, scalar_;
    llvm::Type* pointer_;
    std::map<const std::vector<double>*, llvm::GlobalVariable*> tables_;
    bool operands_in_memory_ = false;  ///< constants and uniforms are read there at each use
};

}  // namespace

std::unique_ptr<llvm::Module> emit_program(llvm::LLVMContext& context, const llvm::TargetMachine& machine,
                                           const Program& program, Precision precision, unsigned width) {
    return Emitter(context, machine, program, precision, width).run();
}

}  // namespace neurodyn::compile
