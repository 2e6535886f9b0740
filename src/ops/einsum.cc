// einsum joins its inputs one by one. Two of them: the dimensions that both keep become batches, those summed over the inner dimension of
// a matrix product, the others rows and columns. "bij,bjk->bik" is a batched product as it stands; other orders are transposed first.
#include "weft/ops/einsum_ops.h"

#include <algorithm>
#include <map>
#include <string>

#include "src/ops/composite.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/matmul_ops.h"
#include "weft/ops/matrix_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/reduction_ops.h"

namespace weft {

namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool has(std::string_view labels, char label) { return labels.find(label) != std::string_view::npos; }

struct Equation {
  std::vector<std::string> inputs;
  std::string output;
  bool has_output = false;  // "->" was written
};

absl::StatusOr<Equation> parse(std::string_view text) {
  std::string plain;
  for (const char c : text)
    if (c != ' ') plain += c;
  Equation equation;
  const size_t arrow = plain.find("->");
  equation.has_output = arrow != std::string::npos;
  std::string left = plain.substr(0, arrow);
  if (equation.has_output) equation.output = plain.substr(arrow + 2);
  for (size_t comma = left.find(','); comma != std::string::npos; comma = left.find(',')) {
    equation.inputs.push_back(left.substr(0, comma));
    left.erase(0, comma + 1);
  }
  equation.inputs.push_back(left);
  const auto is_index = [](char c) { return has(kLetters, c) || c == '.'; };
  bool good = !plain.empty() && plain != "->" && std::all_of(equation.output.begin(), equation.output.end(), is_index);
  for (const std::string& input : equation.inputs) good = good && std::all_of(input.begin(), input.end(), is_index);
  if (!good) return invalid_argument("Indices have incorrect format: ", plain);
  return equation;
}

// Letters in place of "...": the last letters that no input uses.
absl::Status resolve_ellipsis(Equation& equation, absl::Span<const Output> inputs, std::string& ellipsis) {
  std::string used;
  for (const std::string& input : equation.inputs) used += input;
  std::string unused;
  for (const char c : kLetters)
    if (!has(used, c)) unused += c;
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::string& labels = equation.inputs[i];
    const size_t dots = labels.find("...");
    if (dots == std::string::npos) continue;
    const int n = inputs[i].shape().rank() - static_cast<int>(labels.size() - 3);
    if (n < 0) return invalid_argument("Ellipses lengths do not match: '", labels, "' and ", inputs[i].describe());
    if (static_cast<size_t>(n) > unused.size()) return invalid_argument("Unable to resolve ellipsis, too many distinct labels.");
    const std::string letters = unused.substr(unused.size() - static_cast<size_t>(n));
    labels.replace(dots, 3, letters);
    if (letters.size() > ellipsis.size()) ellipsis = letters;
  }
  if (const size_t dots = equation.output.find("..."); dots != std::string::npos) equation.output.replace(dots, 3, ellipsis);
  std::string all = equation.output;
  for (const std::string& input : equation.inputs) all += input;
  if (has(all, '.')) return invalid_argument("period \".\" found outside of ellipsis");
  return absl::OkStatus();
}

// The letters that occur once, sorted, after those of the ellipsis.
std::string implied_output(const Equation& equation, const std::string& ellipsis) {
  std::string all;
  for (const std::string& input : equation.inputs) all += input;
  std::string once;
  for (const char c : all)
    if (!has(ellipsis, c) && std::count(all.begin(), all.end(), c) == 1) once += c;
  std::sort(once.begin(), once.end());
  return ellipsis + once;
}

absl::Status check(const Equation& equation, absl::Span<const Output> inputs) {
  std::string all;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const std::string& labels = equation.inputs[i];
    if (static_cast<int>(labels.size()) != inputs[i].shape().rank()) {
      return invalid_argument("the input ", inputs[i].describe(), " has rank ", inputs[i].shape().rank(), ", its indices are '", labels, "'");
    }
    for (const char c : labels)
      if (std::count(labels.begin(), labels.end(), c) > 1)
        return invalid_argument("Subscript not supported: an axis appears more than once: ", labels);
    all += labels;
  }
  for (const char c : equation.output) {
    if (!has(all, c)) return invalid_argument("the output's index '", std::string(1, c), "' is in no input");
    if (std::count(equation.output.begin(), equation.output.end(), c) > 1)
      return invalid_argument("the output's index '", std::string(1, c), "' stands twice");
  }
  return absl::OkStatus();
}

// An index has one size everywhere, or 1 where a product repeats it.
absl::Status check_sizes(const Equation& equation, absl::Span<const Output> inputs) {
  std::map<char, int64_t> sizes;
  for (size_t i = 0; i < inputs.size(); ++i) {
    for (size_t d = 0; d < equation.inputs[i].size(); ++d) {
      const int64_t size = inputs[i].shape().dim(static_cast<int>(d));
      if (size < 0 || size == 1) continue;
      const auto [known, added] = sizes.emplace(equation.inputs[i][d], size);
      if (!added && known->second != size) {
        return invalid_argument("Dimensions must be equal, but are ", known->second, " and ", size, " for the index '",
                                std::string(1, equation.inputs[i][d]), "'");
      }
    }
  }
  return absl::OkStatus();
}

// A size: known while building, or a scalar tensor.
struct Size {
  int64_t known = 1;
  Output tensor;
};

std::vector<Size> sizes_of(const Output& x) {
  std::vector<Size> sizes;
  Output dims;
  for (int i = 0; i < x.shape().rank(); ++i) {
    if (x.shape().known_dim(i)) {
      sizes.push_back({x.shape().dim(i), {}});
      continue;
    }
    if (!dims) dims = shape(x);
    sizes.push_back({kUnknownDim, strided_slice(dims, {i})});
  }
  return sizes;
}

Size product(absl::Span<const Size> sizes) {
  Size all;
  for (const Size& size : sizes) {
    if (!size.tensor && !all.tensor) all.known *= size.known;
    else if (!size.tensor) all.tensor = all.tensor * static_cast<int>(size.known);
    else all.tensor = all.tensor ? all.tensor * size.tensor : static_cast<int>(all.known) * size.tensor;
  }
  return all;
}

Output reshaped(const Output& x, const std::vector<Size>& sizes) {
  bool same = static_cast<int>(sizes.size()) == x.shape().rank();
  bool known = true;
  for (size_t i = 0; i < sizes.size(); ++i) {
    known = known && !sizes[i].tensor;
    same = same && !sizes[i].tensor && x.shape().dim(static_cast<int>(i)) == sizes[i].known;
  }
  if (same) return x;
  std::vector<int64_t> numbers;
  std::vector<Operand> dims;
  for (const Size& size : sizes) {
    numbers.push_back(size.known);
    if (size.tensor) dims.emplace_back(size.tensor);
    else dims.emplace_back(size.known);
  }
  if (known) return reshape(x, numbers);
  const Scope scope = x.graph()->name_scope("Reshape");
  const Output packed = stack(dims, {.name = "shape"});
  return reshape(x, packed, scope.name());
}

Output transposed(const Output& x, const std::string& from, const std::string& to) {
  if (from == to) return x;
  std::vector<int> permutation;
  for (const char c : to) permutation.push_back(static_cast<int>(from.find(c)));
  return transpose(x, permutation);
}

struct Labelled {
  Output value;
  std::string labels;
};

std::string sorted_labels(std::string labels) {
  std::sort(labels.begin(), labels.end());
  return labels;
}

// The labels of two factors by their part in the product.
struct Parts {
  std::string kept, summed, rows, columns;
};

Parts parts_of(const Labelled& x, const Labelled& y, const std::string& summed) {
  Parts parts;
  for (const char c : sorted_labels(x.labels)) (has(summed, c) ? parts.summed : has(y.labels, c) ? parts.kept : parts.rows) += c;
  for (const char c : sorted_labels(y.labels))
    if (!has(x.labels, c)) parts.columns += c;
  return parts;
}

// x and y multiplied, summed over the labels `summed`, which both have.
Labelled joined(const Labelled& x, const Labelled& y, const std::string& summed) {
  const Parts p = parts_of(x, y, summed);
  Output a = transposed(x.value, x.labels, p.kept + p.rows + p.summed);
  Output b = transposed(y.value, y.labels, p.kept + p.summed + p.columns);
  const std::string labels = p.kept + p.rows + p.columns;
  if (p.summed.empty()) {
    for (size_t i = 0; i < p.columns.size(); ++i) a = expand_dims(a, -1);
    for (size_t i = 0; i < p.rows.size(); ++i) b = expand_dims(b, static_cast<int>(p.kept.size()));
    return {multiply(a, b), labels};
  }
  const std::vector<Size> a_sizes = sizes_of(a);
  const absl::Span<const Size> all_a(a_sizes);
  const auto batch = all_a.first(p.kept.size());
  const auto rows = all_a.subspan(p.kept.size(), p.rows.size());
  std::vector<Size> matrices(batch.begin(), batch.end());
  matrices.push_back(product(rows));
  matrices.push_back(product(all_a.last(p.summed.size())));
  const Size inner = matrices.back();
  a = reshaped(a, matrices);
  const std::vector<Size> b_sizes = sizes_of(b);
  const auto columns = absl::Span<const Size>(b_sizes).last(p.columns.size());
  matrices.assign(b_sizes.begin(), b_sizes.begin() + static_cast<std::ptrdiff_t>(p.kept.size()));
  matrices.push_back(inner);
  matrices.push_back(product(columns));
  b = reshaped(b, matrices);
  std::vector<Size> whole(batch.begin(), batch.end());
  whole.insert(whole.end(), rows.begin(), rows.end());
  whole.insert(whole.end(), columns.begin(), columns.end());
  return {reshaped(matmul(a, b), whole), labels};
}

// The labels both have that neither the output nor a later input needs.
std::string summed_labels(const std::string& labels, const Equation& equation, size_t next) {
  std::string needed = equation.output;
  for (size_t later = next + 1; later < equation.inputs.size(); ++later) needed += equation.inputs[later];
  std::string summed;
  for (const char c : labels)
    if (has(equation.inputs[next], c) && !has(needed, c)) summed += c;
  return summed;
}

Output contract(const Equation& equation, absl::Span<const Output> inputs) {
  Labelled all{inputs[0], equation.inputs[0]};
  for (size_t next = 1; next < inputs.size(); ++next) {
    all = joined(all, {inputs[next], equation.inputs[next]}, summed_labels(all.labels, equation, next));
    if (!all.value) return all.value;
  }
  std::vector<int> axes;
  std::string left;
  for (size_t i = 0; i < all.labels.size(); ++i) {
    if (has(equation.output, all.labels[i])) left += all.labels[i];
    else axes.push_back(static_cast<int>(i));
  }
  if (!axes.empty()) all.value = reduce_sum(all.value, {.axis = axes});
  return transposed(all.value, left, equation.output);
}

}  // namespace

Output einsum(std::string_view equation_text, absl::Span<const Operand> operands, std::string_view name, Loc where) {
  Graph* graph = nullptr;
  for (const Operand& operand : operands) graph = graph != nullptr ? graph : operand.graph();
  if (graph == nullptr) return Output();
  const Composite here(*graph, name_or(name, "einsum"), where);
  const auto fail = [&](const absl::Status& error) {
    graph->add_error(annotate(error, str_cat("einsum(\"", equation_text, "\"): ")), where);
    return Output::failed(graph);
  };
  std::vector<Output> inputs;
  for (const Operand& operand : operands) {
    inputs.push_back(convert(operand, graph, DType::kInvalid, "inputs", where));
    if (inputs.back().failed()) return Output::failed(graph);
    if (!inputs.back()) return fail(invalid_argument("an input is an empty Output: it was never assigned"));
    if (!inputs.back().shape().known_rank()) return fail(invalid_argument("the rank of ", inputs.back().describe(), " is not known"));
  }
  absl::StatusOr<Equation> equation = parse(equation_text);
  if (!equation.ok()) return fail(equation.status());
  if (equation->inputs.size() != inputs.size()) {
    return fail(invalid_argument("Got ", inputs.size(), " arguments, expecting ", equation->inputs.size()));
  }
  const std::string& first = equation->inputs[0];
  if (inputs.size() == 1 && !equation->has_output && first.size() == 2 && first[0] == first[1] && first[0] != '.' && inputs[0].shape().rank() == 2) {
    const Scope scope = graph->name_scope("Trace");
    const Output diagonal = matrix_diag_part(inputs[0], "diag_part");
    return reduce_sum(diagonal, {.axis = std::vector<int>{-1}, .name = scope.name()});
  }
  std::string ellipsis;
  if (const absl::Status s = resolve_ellipsis(*equation, inputs, ellipsis); !s.ok()) return fail(s);
  if (!equation->has_output) equation->output = implied_output(*equation, ellipsis);
  if (const absl::Status s = check(*equation, inputs); !s.ok()) return fail(s);
  if (const absl::Status s = check_sizes(*equation, inputs); !s.ok()) return fail(s);
  return contract(*equation, inputs);
}

}  // namespace weft
