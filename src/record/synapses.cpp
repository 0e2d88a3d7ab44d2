// SPDX-License-Identifier: BSD-3-Clause
// The two formats of synapse files; network/connect_text.cpp and connect_sonata.cpp read them.
#include "record/synapses.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <limits>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "record/hdf5.hpp"

namespace neurodyn::record {

class SynapseFileWriter::Format {
  public:
    virtual ~Format() = default;
    virtual void start(const SynapsesInfo& info) = 0;
    virtual void append(std::size_t source, const engine::SynapseRow& row) = 0;
    virtual void finish() = 0;
};

namespace {

const Unit milliseconds{dimensions::time, 1e-3, "ms"};

// The number of the unit that reading turns into just this value, or the nearest where there is none.
double in_unit(double value_si, const Unit& unit) {
    const double written = from_si(value_si, unit);
    for (const double end :
         {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()})
        if (const double near = std::nextafter(written, end);
            to_si(written, unit) != value_si && to_si(near, unit) == value_si)
            return near;
    return written;
}

// Of one unit, with the last number kept: often all are the same.
class Converter {
  public:
    explicit Converter(Unit unit) : unit_(std::move(unit)) {}
    double operator()(double value_si) {
        if (value_si != from_) {
            from_ = value_si;
            to_ = in_unit(value_si, unit_);
        }
        return to_;
    }

  private:
    Unit unit_;
    double from_ = 0.0, to_ = 0.0;
};

class TextFormat : public SynapseFileWriter::Format {
  public:
    explicit TextFormat(const std::string& path) : path_(path), file_(std::fopen(path.c_str(), "w")) {
        if (file_ == nullptr) fail();
    }
    ~TextFormat() override {
        if (file_ != nullptr) std::fclose(file_);
    }

    void start(const SynapsesInfo& info) override {
        has_weight_ = info.weight_unit.has_value();
        weight_ = Converter(info.weight_unit.value_or(Unit{}));
        std::string weight;
        if (has_weight_)
            weight = info.weight_unit->name == "1" ? ",weight"
                                                   : fmt::format(",weight [{}]", info.weight_unit->name);
        fmt::format_to(std::back_inserter(buffer_), "source,target{},delay [ms]\n", weight);
    }

    void append(std::size_t source, const engine::SynapseRow& row) override {
        const auto out = std::back_inserter(buffer_);
        for (std::size_t k = 0; k < row.targets.size(); ++k) {
            fmt::format_to(out, "{},{},", source, row.targets[k]);
            if (has_weight_) fmt::format_to(out, "{},", weight_(row.weight[k]));
            fmt::format_to(out, "{}\n", delay_(row.delay_s[k]));
        }
        constexpr std::size_t enough = 1 << 20;
        if (buffer_.size() > enough) flush();
    }

    void finish() override {
        flush();
        if (std::fclose(std::exchange(file_, nullptr)) != 0) fail();
    }

  private:
    [[noreturn]] void fail() const {
        throw FileError(path_, fmt::format("cannot be written: {}", std::strerror(errno)));
    }
    void flush() {
        if (std::fwrite(buffer_.data(), 1, buffer_.size(), file_) != buffer_.size()) fail();
        buffer_.clear();
    }

    std::string path_;
    std::FILE* file_;
    fmt::memory_buffer buffer_;
    bool has_weight_ = true;
    Converter weight_{Unit{}}, delay_{milliseconds};
};

// K. Dai et al. 2020, doi:10.1371/journal.pcbi.1007696: one group of edges, "0".
class SonataFormat : public SynapseFileWriter::Format {
  public:
    explicit SonataFormat(const std::string& path)
        : path_(path),
          file_(hdf5::checked(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), path,
                              "cannot be written")) {
        // The format's mark and version: /magic 0x0A7A, /version 0.1.
        const std::uint32_t magic = 0x0A7A, version[2] = {0, 1};
        write_attribute("magic", {}, &magic);
        write_attribute("version", {2}, version);
    }

    void start(const SynapsesInfo& info) override {
        flush();
        const std::string name = "edges/" + info.projection;
        const hdf5::Handle edges = hdf5::create_group(file_.get(), name, path_);
        const hdf5::Handle values = hdf5::create_group(file_.get(), name + "/0", path_);
        source_ = growing(edges.get(), "source_node_id", H5T_STD_U32LE);
        target_ = growing(edges.get(), "target_node_id", H5T_STD_U32LE);
        hdf5::write_attribute(source_.get(), "node_population", info.from, path_);
        hdf5::write_attribute(target_.get(), "node_population", info.to, path_);
        type_ = growing(edges.get(), "edge_type_id", H5T_STD_U32LE);
        group_ = growing(edges.get(), "edge_group_id", H5T_STD_U32LE);
        index_ = growing(edges.get(), "edge_group_index", H5T_STD_U64LE);
        delay_ = growing(values.get(), "delay", H5T_IEEE_F64LE);
        hdf5::write_attribute(delay_.get(), "units", std::string("ms"), path_);
        weight_ = hdf5::Handle();
        if (info.weight_unit) {
            weight_ = growing(values.get(), "syn_weight", H5T_IEEE_F64LE);
            if (info.weight_unit->name != "1")
                hdf5::write_attribute(weight_.get(), "units", info.weight_unit->name, path_);
        }
        convert_weight_ = Converter(info.weight_unit.value_or(Unit{}));
        written_ = 0;
    }

    void append(std::size_t source, const engine::SynapseRow& row) override {
        sources_.insert(sources_.end(), row.targets.size(), static_cast<std::uint32_t>(source));
        targets_.insert(targets_.end(), row.targets.begin(), row.targets.end());
        for (const double w : row.weight) weights_.push_back(convert_weight_(w));
        for (const double d : row.delay_s) delays_.push_back(convert_delay_(d));
        constexpr std::size_t enough = 1 << 18;
        if (sources_.size() > enough) flush();
    }

    void finish() override {
        flush();
        for (hdf5::Handle* dataset : {&source_, &target_, &type_, &group_, &index_, &delay_, &weight_})
            dataset->close();
        hdf5::check(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL), path_, "cannot be written");
        file_.close();
    }

  private:
    void write_attribute(const char* name, const std::vector<hsize_t>& sizes, const std::uint32_t* values) {
        const hdf5::Handle space = hdf5::space(sizes);
        const hdf5::Handle attribute = hdf5::checked(
            H5Acreate2(file_.get(), name, H5T_STD_U32LE, space.get(), H5P_DEFAULT, H5P_DEFAULT), path_, name);
        hdf5::check(H5Awrite(attribute.get(), H5T_NATIVE_UINT32, values), path_, name);
    }

    // Not compressed: programs that read SONATA are not all built with a filter.
    hdf5::Handle growing(hid_t group, const char* name, hid_t type) const {
        constexpr hsize_t none = 0, unlimited = H5S_UNLIMITED, chunk = 1 << 16;
        const hdf5::Handle shape(H5Screate_simple(1, &none, &unlimited)),
            layout(H5Pcreate(H5P_DATASET_CREATE));
        H5Pset_chunk(layout.get(), 1, &chunk);
        return hdf5::checked(
            H5Dcreate2(group, name, type, shape.get(), H5P_DEFAULT, layout.get(), H5P_DEFAULT), path_,
            "synapses cannot be written");
    }

    void extend(const hdf5::Handle& dataset, hsize_t count) const {
        const hsize_t size = written_ + count;
        hdf5::check(H5Dset_extent(dataset.get(), &size), path_, "synapses cannot be written");
    }

    void write(const hdf5::Handle& dataset, hid_t type, const void* values, hsize_t count) const {
        const std::string what = "synapses cannot be written";
        extend(dataset, count);
        const hdf5::Handle to = hdf5::checked(H5Dget_space(dataset.get()), path_, what);
        const hdf5::Handle from = hdf5::space({count});
        hdf5::check(H5Sselect_hyperslab(to.get(), H5S_SELECT_SET, &written_, nullptr, &count, nullptr), path_,
                    what);
        hdf5::check(H5Dwrite(dataset.get(), type, from.get(), to.get(), H5P_DEFAULT, values), path_, what);
    }

    void flush() {
        const hsize_t count = sources_.size();
        if (count == 0) return;
        constexpr std::size_t bytes_of_synapse = 32;
        hdf5::require_room(path_, count * bytes_of_synapse, "synapses");
        std::vector<std::uint64_t> rows(count);
        for (std::size_t k = 0; k < count; ++k) rows[k] = written_ + k;
        write(source_, H5T_NATIVE_UINT32, sources_.data(), count);
        write(target_, H5T_NATIVE_UINT32, targets_.data(), count);
        for (const hdf5::Handle* zeros : {&type_, &group_})
            extend(*zeros, count);  // on the disk they are nothing
        write(index_, H5T_NATIVE_UINT64, rows.data(), count);
        write(delay_, H5T_NATIVE_DOUBLE, delays_.data(), count);
        if (weight_) write(weight_, H5T_NATIVE_DOUBLE, weights_.data(), count);
        written_ += count;
        sources_.clear();
        targets_.clear();
        weights_.clear();
        delays_.clear();
    }

    hdf5::Quiet quiet_;
    std::string path_;
    hdf5::Handle file_, source_, target_, type_, group_, index_, delay_, weight_;
    std::vector<std::uint32_t> sources_, targets_;
    std::vector<double> weights_, delays_;
    Converter convert_weight_{Unit{}}, convert_delay_{milliseconds};
    hsize_t written_ = 0;
};

}  // namespace

bool holds_many_projections(const std::string& path) {
    const std::string extension = std::filesystem::path(path).extension().string();
    if (extension == ".h5" || extension == ".hdf5") return true;
    if (extension == ".csv") return false;
    throw FileError(path, "synapses are written as text (.csv) or as SONATA edges (.h5)");
}

SynapseFileWriter::SynapseFileWriter(const std::string& path) : path_(path) {
    if (holds_many_projections(path))
        format_ = std::make_unique<SonataFormat>(path);
    else
        format_ = std::make_unique<TextFormat>(path);
}

SynapseFileWriter::~SynapseFileWriter() {
    format_.reset();
    std::error_code ignored;
    if (!finished_) std::filesystem::remove(path_, ignored);
}

void SynapseFileWriter::start(const SynapsesInfo& info) { format_->start(info); }

void SynapseFileWriter::append(std::size_t source, const engine::SynapseRow& row) {
    format_->append(source, row);
}

void SynapseFileWriter::finish() {
    format_->finish();
    finished_ = true;
}

}  // namespace neurodyn::record
