// The registry against tests/data/ops.jsonl, the signatures that TensorFlow 1.15.5 registers.
#include "weft/graph/op_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

namespace weft {
namespace {

using Json = nlohmann::json;

// Every op of TensorFlow by name.
const std::map<std::string, Json>& tensorflow_ops() {
  static const auto& ops = *[] {
    auto* all = new std::map<std::string, Json>;
    std::ifstream file(WEFT_TEST_DATA "/ops.jsonl");
    for (std::string line; std::getline(file, line);) {
      // The file writes infinite defaults as Python does; JSON has none.
      for (const auto& [python, json] : {std::pair<std::string_view, std::string_view>{":-Infinity", ":\"-inf\""}, {":Infinity", ":\"inf\""}}) {
        for (size_t at = line.find(python); at != std::string::npos; at = line.find(python)) line.replace(at, python.size(), json);
      }
      Json op = Json::parse(line);
      const std::string name = op["op"];  // before the move: assignment evaluates its right side first
      (*all)[name] = std::move(op);
    }
    return all;
  }();
  return ops;
}

std::string text(const Json& json, const char* key) { return json.contains(key) ? json[key].get<std::string>() : std::string(); }
bool flag(const Json& json, const char* key) { return json.contains(key) && json[key].get<bool>(); }

// An argument as one line, from either side.
std::string line_of(const Json& arg) {
  return str_cat(text(arg, "name"), " type=", text(arg, "type"), " attr=", text(arg, "type_attr"), " number=", text(arg, "number_attr"),
                 " list=", text(arg, "type_list_attr"), " ref=", flag(arg, "ref"));
}
std::string line_of(const ArgDef& arg) {
  const std::string type = arg.type.fixed == DType::kInvalid ? "" : dtype_cc_name(arg.type.fixed);
  return str_cat(arg.name, " type=", type, " attr=", arg.type.type_attr, " number=", arg.type.number_attr, " list=", arg.type.type_list_attr,
                 " ref=", arg.type.is_ref);
}

std::set<std::string> allowed_of(const Json& attr) {
  std::set<std::string> all;
  if (attr.contains("allowed"))
    for (const Json& value : attr["allowed"]) all.insert(value.get<std::string>());
  return all;
}
std::set<std::string> allowed_of(const AttrDef& attr) {
  std::set<std::string> all(attr.allowed_strings.begin(), attr.allowed_strings.end());
  attr.allowed.for_each([&](DType t) { all.insert(dtype_cc_name(t)); });
  return all;
}

// A default as JSON, in the form the file has it.
struct JsonOf {
  Json operator()(std::monostate) const { return nullptr; }
  Json operator()(const std::string& v) const { return v; }
  Json operator()(int64_t v) const { return v; }
  Json operator()(float v) const { return v; }
  Json operator()(bool v) const { return v; }
  Json operator()(DType v) const { return dtype_cc_name(v); }
  Json operator()(const PartialShape& v) const {
    if (!v.known_rank()) return "<unknown>";
    Json dims = Json::array();
    for (const int64_t d : v.dims()) dims.push_back(d);
    return dims;
  }
  Json operator()(const Tensor& v) const { return v.to_string(); }
  Json operator()(const FunctionRef& v) const { return v.name; }
  template <typename T> Json operator()(const std::vector<T>& v) const {
    Json list = Json::array();
    for (size_t i = 0; i < v.size(); ++i) list.push_back((*this)(static_cast<const T&>(v[i])));
    return list;
  }
};
Json json_of(const AttrValue& value) { return std::visit(JsonOf{}, value); }

bool same_default(const Json& ours, const Json& theirs) {
  if (theirs.is_null() && ours == "<unknown>") return true;  // a shape
  if (ours.is_number_float() && theirs == "-inf") return ours.get<float>() == -std::numeric_limits<float>::infinity();
  if (ours.is_number_float() && theirs == "inf") return ours.get<float>() == std::numeric_limits<float>::infinity();
  if (ours.is_number_float() && theirs.is_number()) return ours.get<float>() == theirs.get<float>();
  if (ours.is_array() && theirs.is_array() && ours.size() == theirs.size()) {
    for (size_t i = 0; i < ours.size(); ++i)
      if (!same_default(ours[i], theirs[i])) return false;
    return true;
  }
  return ours == theirs;
}

void compare_attr(const OpDef& op, const Json& want) {
  const std::string where = str_cat(op.name, ".", text(want, "name"));
  const AttrDef* attr = op.find_attr(text(want, "name"));
  ASSERT_NE(attr, nullptr) << where << " is missing";
  EXPECT_EQ(attr_type_name(attr->type), text(want, "type")) << where;
  EXPECT_EQ(allowed_of(*attr), allowed_of(want)) << where;
  EXPECT_EQ(attr->minimum.value_or(0), want.value("minimum", int64_t{0})) << where;
  const Json ours = json_of(attr->default_value);
  if (want.contains("default")) {
    EXPECT_TRUE(same_default(ours, want["default"])) << where << " has default " << ours << ", TensorFlow's is " << want["default"];
  } else {
    EXPECT_TRUE(ours.is_null()) << where << " has default " << ours << ", TensorFlow has none";
  }
}

TEST(Registry, SignaturesAreTensorFlows) {
  for (const OpDef* op : OpRegistry::standard().all()) {
    const auto it = tensorflow_ops().find(std::string(op->name));
    ASSERT_NE(it, tensorflow_ops().end()) << op->name << " is no op of TensorFlow 1.15";
    const Json& want = it->second;
    std::vector<std::string> ours, theirs;
    for (const ArgDef& arg : op->inputs) ours.push_back("in " + line_of(arg));
    for (const ArgDef& arg : op->outputs) ours.push_back("out " + line_of(arg));
    for (const Json& arg : want["in"]) theirs.push_back("in " + line_of(arg));
    for (const Json& arg : want["out"]) theirs.push_back("out " + line_of(arg));
    EXPECT_EQ(ours, theirs) << op->name;
    EXPECT_EQ(op->attrs.size(), want["attr"].size()) << op->name;
    for (const Json& attr : want["attr"]) compare_attr(*op, attr);
    EXPECT_EQ(op->is_stateful, flag(want, "is_stateful")) << op->name;
    EXPECT_EQ(op->is_commutative, flag(want, "is_commutative")) << op->name;
    EXPECT_EQ(op->is_aggregate, flag(want, "is_aggregate")) << op->name;
    EXPECT_EQ(op->allows_uninitialized_input, flag(want, "allows_uninitialized_input")) << op->name;
  }
}

TEST(Registry, GradientsAreThoseThatTensorFlowDefines) {
  for (const OpDef* op : OpRegistry::standard().all()) {
    const auto it = tensorflow_ops().find(std::string(op->name));
    if (it == tensorflow_ops().end()) continue;
    const std::string ours = op->gradient.function() != nullptr ? "yes" : op->gradient.not_differentiable() != nullptr ? "none" : "unregistered";
    EXPECT_EQ(ours, text(it->second, "gradient")) << op->name;
  }
}

// Ops that Python differentiates and that are not here yet, by what they wait for.
const std::vector<std::pair<std::string_view, std::string_view>>& not_here() {
  static const auto& families = *new std::vector<std::pair<std::string_view, std::string_view>>{
      {"loops and conditions", "Case Enter Exit If LoopCond NextIteration RefEnter RefExit RefNextIteration StatelessIf"},
      {"ref variables", ""},
      {"tensor arrays and lists",
       "TensorArrayConcat TensorArrayConcatV2 TensorArrayConcatV3 TensorArrayGather TensorArrayGatherV2 TensorArrayGatherV3 TensorArrayRead "
       "TensorArrayReadV2 TensorArrayReadV3 TensorArrayScatter TensorArrayScatterV2 TensorArrayScatterV3 TensorArraySplit TensorArraySplitV2 "
       "TensorArraySplitV3 TensorArrayWrite TensorArrayWriteV2 TensorArrayWriteV3 TensorListConcat TensorListConcatV2 TensorListFromTensor "
       "TensorListGather TensorListGetItem TensorListPopBack TensorListPushBack TensorListResize TensorListScatter "
       "TensorListScatterIntoExistingList TensorListScatterV2 TensorListSetItem TensorListSplit TensorListStack"},
      {"sparse tensors",
       "SparseAdd SparseDenseCwiseAdd SparseDenseCwiseDiv SparseDenseCwiseMul SparseFillEmptyRows SparseMatMul SparseReduceSum SparseReorder "
       "SparseSegmentMean SparseSegmentMeanWithNumSegments SparseSegmentSqrtN SparseSegmentSqrtNWithNumSegments SparseSegmentSum "
       "SparseSegmentSumWithNumSegments SparseSlice SparseSoftmax SparseSparseMaximum SparseSparseMinimum SparseTensorDenseAdd "
       "SparseTensorDenseMatMul SparseToDense RaggedGather RaggedTensorToSparse"},
      {"linear algebra",
       "Cholesky Cross LogMatrixDeterminant MatrixDeterminant MatrixDiagPartV2 MatrixDiagV2 MatrixInverse MatrixSetDiagV2 MatrixSolve "
       "MatrixSolveLs MatrixSquareRoot MatrixTriangularSolve Qr SelfAdjointEigV2 Svd TridiagonalMatMul TridiagonalSolve"},
      {"parts of complex numbers and Fourier transforms",
       "Angle Complex ComplexAbs FFT FFT2D FFT3D IFFT IFFT2D IFFT3D IRFFT IRFFT2D Imag RFFT RFFT2D Real"},
      {"special functions", "BesselI0e BesselI1e Betainc CumulativeLogsumexp Igamma Igammac NextAfter"},
      {"volumes and rarer pooling",
       "AvgPool3D AvgPool3DGrad Conv3D Conv3DBackpropFilterV2 Conv3DBackpropInputV2 ExtractImagePatches ExtractVolumePatches FractionalAvgPool "
       "FractionalMaxPool MaxPool3D MaxPool3DGrad MaxPool3DGradGrad MaxPoolGradV2 MaxPoolV2 MaxPoolWithArgmax"},
      {"images", "CropAndResize RGBToHSV ResizeBicubic ResizeBilinear ResizeNearestNeighbor ScaleAndTranslate"},
      {"quantisation",
       "FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars FakeQuantWithMinMaxVarsPerChannel QuantizeAndDequantize QuantizeAndDequantizeV2 "
       "QuantizeAndDequantizeV3"},
      {"fused recurrent cells, old normalisation, CTC", "BatchNormWithGlobalNormalization BlockLSTM BlockLSTMV2 CTCLoss"},
      {"printing, optional values", "OptionalFromValue OptionalGetValue Print"},
      {"other devices and Python, not planned",
       "AllToAll CollectivePermute CrossReplicaSum CudnnRNN CudnnRNNV2 CudnnRNNV3 EagerPyFunc NcclAllReduce NcclBroadcast NcclReduce "
       "TPUEmbeddingActivations XlaClusterOutput XlaEinsum"},
  };
  return families;
}

TEST(Registry, HoldsEveryOpThatTensorFlowDifferentiates) {
  std::set<std::string> excused;
  for (const auto& [family, ops] : not_here()) {
    std::istringstream names{std::string(ops)};
    for (std::string name; names >> name;) {
      EXPECT_TRUE(excused.insert(name).second) << name << " is listed twice";
      EXPECT_EQ(OpRegistry::standard().find(name), nullptr) << name << " is here: strike it from the list";
    }
  }
  for (const auto& [name, op] : tensorflow_ops()) {
    if (text(op, "gradient") != "yes" || OpRegistry::standard().find(name) != nullptr) continue;
    EXPECT_TRUE(excused.contains(name)) << name << " has a gradient in TensorFlow and is neither here nor listed";
  }
}

// The constraints of one of TensorFlow's CPU kernels as attributes; nullopt when a constraint allows none of `dtypes`.
std::optional<AttrMap> attrs_of_kernel(const Json& kernel, const std::map<std::string, DType>& dtypes) {
  AttrMap attrs;
  for (const auto& [attr, types] : kernel.items()) {
    const auto dtype = std::find_if(types.begin(), types.end(), [&](const Json& type) { return dtypes.contains(type.get<std::string>()); });
    if (dtype == types.end()) return std::nullopt;
    attrs.set(attr, dtypes.at(dtype->get<std::string>()));
  }
  return attrs;
}

// TensorFlow has kernels of LeakyRelu for integers, which its own signature forbids.
bool allows(const OpDef& op, const AttrMap& attrs) {
  return std::all_of(attrs.begin(), attrs.end(), [&](const AttrMap::Entry& entry) {
    const AttrDef* attr = op.find_attr(entry.first);
    const DType* dtype = std::get_if<DType>(&entry.second);
    return attr != nullptr && (attr->allowed.empty() || dtype == nullptr || attr->allowed.contains(*dtype));
  });
}

TEST(Registry, KernelsServeTheCommonDTypesThatTensorFlowsServe) {
  std::map<std::string, DType> common;
  for (const DType t : {DType::kFloat32, DType::kFloat64, DType::kInt32, DType::kInt64, DType::kBool}) common[std::string(dtype_cc_name(t))] = t;
  for (const OpDef* op : OpRegistry::standard().all()) {
    const auto it = tensorflow_ops().find(std::string(op->name));
    if (it == tensorflow_ops().end()) continue;
    for (const Json& kernel : it->second["cpu_kernels"]) {
      const std::optional<AttrMap> attrs = attrs_of_kernel(kernel, common);
      if (attrs.has_value() && allows(*op, *attrs)) { EXPECT_NE(op->find_kernel(*attrs), nullptr) << op->name << " has no kernel for " << kernel; }
    }
  }
}

TEST(Registry, EveryOpHasAShapeFunction) {
  for (const OpDef* op : OpRegistry::standard().all()) EXPECT_NE(op->shape, nullptr) << op->name;
}

// No kernel serves a dtype that the op does not allow.
TEST(Registry, KernelConstraintsNameAttributes) {
  for (const OpDef* op : OpRegistry::standard().all()) {
    for (const KernelDef& kernel : op->kernels) {
      EXPECT_TRUE(kernel.make != nullptr) << op->name;
      for (const auto& [attr, types] : kernel.constraints) {
        const AttrDef* def = op->find_attr(attr);
        ASSERT_NE(def, nullptr) << op->name << " constrains " << attr;
        EXPECT_FALSE(types.empty()) << op->name;
        if (!def->allowed.empty()) { EXPECT_FALSE((types & def->allowed).empty()) << op->name << "." << attr; }
      }
    }
  }
}

// The ops of tier 1 that this version carries, tests/data/tier1_ops.txt, and every update of an optimizer on resource variables.
TEST(Registry, HoldsTheOpsOfTierOne) {
  std::ifstream file(WEFT_TEST_DATA "/tier1_ops.txt");
  ASSERT_TRUE(file.is_open());
  std::vector<std::string> missing;
  for (std::string name; std::getline(file, name);) {
    if (!name.empty() && name[0] != '#' && OpRegistry::standard().find(name) == nullptr) missing.push_back(name);
  }
  for (const auto& [name, op] : tensorflow_ops()) {
    const bool update = name.starts_with("ResourceApply") || name.starts_with("ResourceSparseApply");
    if (update && OpRegistry::standard().find(name) == nullptr) missing.push_back(name);
  }
  EXPECT_THAT(missing, ::testing::IsEmpty());
}

TEST(Registry, RefusesTwoOpsOfOneName) {
  OpRegistry registry;
  const OpDef& op = *OpRegistry::standard().all().front();
  EXPECT_TRUE(registry.add(op).ok());
  EXPECT_EQ(registry.add(op).code(), absl::StatusCode::kAlreadyExists);
}

}  // namespace
}  // namespace weft
