// float and double go to gemm. The 16-bit floats are widened to float, multiplied there and rounded once. Integers and complex numbers
// are rare: their factors are laid out row by row, and each row of the result is a sum of rows of B.
#include "src/ops/matmul_kernels.h"

#include <algorithm>
#include <complex>
#include <vector>

#include "src/ops/gemm.h"
#include "src/ops/positions.h"

namespace weft {

namespace {

struct ProductSize {
  int64_t m, n, k;
  int64_t work() const { return m * n * k; }
};

template <typename T> T conjugate(T x) {
  if constexpr (std::is_same_v<T, complex64> || std::is_same_v<T, complex128>) return std::conj(x);
  else return x;
}

// a b without the checks for infinities that std::complex makes, and with integers that wrap around.
template <typename T> T times(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    using U = std::make_unsigned_t<T>;
    return static_cast<T>(static_cast<U>(a) * static_cast<U>(b));
  } else {
    return T(a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real());
  }
}
template <typename T> T plus(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    using U = std::make_unsigned_t<T>;
    return static_cast<T>(static_cast<U>(a) + static_cast<U>(b));
  } else {
    return a + b;
  }
}

// op(x), [rows, columns], row by row as type To.
template <typename To, typename T> std::vector<To> laid_out(const T* x, int64_t rows, int64_t columns, MatMulSide side) {
  std::vector<To> out(static_cast<size_t>(rows * columns));
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) {
      const T value = side.transposed ? x[j * rows + i] : x[i * columns + j];
      out[static_cast<size_t>(i * columns + j)] = static_cast<To>(side.conjugated ? conjugate(value) : value);
    }
  }
  return out;
}

template <typename T> void multiply(const KernelContext& context, ProductSize size, const T* a, MatMulSide left, const T* b, MatMulSide right, T* c) {
  const auto [m, n, k] = size;
  if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) {
    gemm<T>(context, m, n, k, {a, left.transposed ? m : k, left.transposed}, {b, right.transposed ? k : n, right.transposed}, c, n);
  } else if constexpr (std::is_same_v<T, half> || std::is_same_v<T, bfloat16>) {
    const std::vector<float> wide_a = laid_out<float>(a, m, k, left), wide_b = laid_out<float>(b, k, n, right);
    std::vector<float> wide_c(static_cast<size_t>(m * n));
    gemm<float>(context, m, n, k, {wide_a.data(), k}, {wide_b.data(), n}, wide_c.data(), n);
    for (int64_t i = 0; i < m * n; ++i) c[i] = T(wide_c[static_cast<size_t>(i)]);
  } else {
    const std::vector<T> rows_a = laid_out<T>(a, m, k, left), rows_b = laid_out<T>(b, k, n, right);
    context.parallel_for(m, tile_items(n * k), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        T* out = c + i * n;
        std::fill_n(out, n, T(0));
        for (int64_t p = 0; p < k; ++p) {
          const T factor = rows_a[static_cast<size_t>(i * k + p)];
          const T* row = rows_b.data() + p * n;
          for (int64_t j = 0; j < n; ++j) out[j] = plus(out[j], times(factor, row[j]));
        }
      }
    });
  }
}

// On the caller's thread: for batches of small products, which are shared out whole.
template <typename T> void multiply_alone(ProductSize size, const T* a, MatMulSide left, const T* b, MatMulSide right, T* c) {
  if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) {
    const auto [m, n, k] = size;
    gemm_serial<T>(m, n, k, {a, left.transposed ? m : k, left.transposed}, {b, right.transposed ? k : n, right.transposed}, c, n);
  } else {
    StepContext nobody;
    multiply<T>(KernelContext(&nobody, nullptr, nullptr), size, a, left, b, right, c);
  }
}

// Which matrix of each operand makes matrix i of the result.
struct BatchPlan {
  Shape output;  // batch dimensions of the result
  std::vector<int64_t> a, b;
};

absl::StatusOr<BatchPlan> plan_batches(const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank()) - 2;
  std::vector<int64_t> a_step(static_cast<size_t>(rank)), b_step(static_cast<size_t>(rank));  // 0 where broadcast
  BatchPlan plan;
  int64_t a_count = 1, b_count = 1;
  Dims dims(static_cast<size_t>(rank), 1);
  for (int i = rank - 1; i >= 0; --i) {
    const int from_end = rank - i + 2;
    const int64_t da = a.rank() >= from_end ? a.dim(a.rank() - from_end) : 1;
    const int64_t db = b.rank() >= from_end ? b.dim(b.rank() - from_end) : 1;
    if (da != db && da != 1 && db != 1) {
      return invalid_argument("In[0] and In[1] must have compatible batch dimensions: ", a.to_string(), " vs. ", b.to_string());
    }
    const auto k = static_cast<size_t>(i);
    dims[k] = da == 1 ? db : da;
    a_step[k] = da == 1 ? 0 : a_count;
    b_step[k] = db == 1 ? 0 : b_count;
    a_count *= da;
    b_count *= db;
  }
  WEFT_ASSIGN_OR_RETURN(plan.output, Shape::make(dims));
  const int64_t count = plan.output.num_elements();
  plan.a.resize(static_cast<size_t>(count));
  plan.b.resize(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    int64_t rest = i, at_a = 0, at_b = 0;
    for (size_t k = dims.size(); k-- > 0;) {
      const int64_t position = rest % dims[k];
      rest /= dims[k];
      at_a += position * a_step[k];
      at_b += position * b_step[k];
    }
    plan.a[static_cast<size_t>(i)] = at_a;
    plan.b[static_cast<size_t>(i)] = at_b;
  }
  return plan;
}

absl::Status check_v1(const Shape& a, const Shape& b) {
  if (a.rank() != b.rank()) return invalid_argument("In[0] and In[1] has different ndims: ", a.to_string(), " vs. ", b.to_string());
  for (int i = 0; i < a.rank() - 2; ++i) {
    if (a.dim(i) != b.dim(i)) {
      return invalid_argument("In[0].dim(", i, ") and In[1].dim(", i, ") must be the same: ", a.to_string(), " vs ", b.to_string());
    }
  }
  return absl::OkStatus();
}

template <typename T> absl::Status batch_matmul(KernelContext& context, MatMulSide left, MatMulSide right, bool broadcasts) {
  const Tensor& a = context.input(0);
  const Tensor& b = context.input(1);
  if (!broadcasts) WEFT_RETURN_IF_ERROR(check_v1(a.shape(), b.shape()));
  for (int i = 0; i < 2; ++i) {
    if (context.input(i).rank() < 2) return invalid_argument("In[", i, "] ndims must be >= 2: ", context.input(i).rank());
  }
  WEFT_ASSIGN_OR_RETURN(const BatchPlan plan, plan_batches(a.shape(), b.shape()));
  const int64_t a_rows = a.dim(a.rank() - 2), a_columns = a.dim(a.rank() - 1), b_rows = b.dim(b.rank() - 2), b_columns = b.dim(b.rank() - 1);
  ProductSize size{left.transposed ? a_columns : a_rows, right.transposed ? b_rows : b_columns, left.transposed ? a_rows : a_columns};
  const int64_t inner = right.transposed ? b_columns : b_rows;
  if (size.k != inner) {
    return invalid_argument("In[0] mismatch In[1] shape: ", size.k, " vs. ", inner, ": ", a.shape().to_string(), " ", b.shape().to_string(), " ",
                            left.transposed ? 1 : 0, " ", right.transposed ? 1 : 0);
  }
  Dims dims(plan.output.dims().begin(), plan.output.dims().end());
  dims.push_back(size.m);
  dims.push_back(size.n);
  WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make(dims));
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  if (out->num_elements() == 0) return absl::OkStatus();
  const T* x = a.data<T>();
  const T* y = b.data<T>();
  T* z = out->data<T>();
  const auto batches = static_cast<int64_t>(plan.a.size());
  const bool one_b = count_of_dims(b.shape(), 0, b.rank() - 2) == 1;
  if (one_b && !left.transposed && count_of_dims(a.shape(), 0, a.rank() - 2) == batches) {  // all of A's rows meet the same matrix
    size.m *= batches;
    multiply<T>(context, size, x, left, y, right, z);
    return absl::OkStatus();
  }
  const auto at = [&](int64_t i, auto product) {
    const auto k = static_cast<size_t>(i);
    product(x + plan.a[k] * a_rows * a_columns, y + plan.b[k] * b_rows * b_columns, z + i * size.m * size.n);
  };
  constexpr int64_t kSmallWork = 128 * 1024;
  if (size.work() > kSmallWork) {
    for (int64_t i = 0; i < batches; ++i) at(i, [&](const T* p, const T* q, T* r) { multiply<T>(context, size, p, left, q, right, r); });
  } else {
    context.parallel_for(batches, tile_items(size.work() / 8 + 1), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) at(i, [&](const T* p, const T* q, T* r) { multiply_alone<T>(size, p, left, q, right, r); });
    });
  }
  return absl::OkStatus();
}

template <typename T> absl::Status matmul_matrices(KernelContext& context, MatMulSide left, MatMulSide right) {
  const Tensor& a = context.input(0);
  const Tensor& b = context.input(1);
  for (int i = 0; i < 2; ++i) {
    if (context.input(i).rank() != 2)
      return invalid_argument("In[", i, "] is not a matrix. Instead it has shape ", context.input(i).shape().to_string());
  }
  const ProductSize size{a.dim(left.transposed ? 1 : 0), b.dim(right.transposed ? 0 : 1), a.dim(left.transposed ? 0 : 1)};
  if (size.k != b.dim(right.transposed ? 1 : 0)) {
    return invalid_argument("Matrix size-incompatible: In[0]: ", a.shape().to_string(), ", In[1]: ", b.shape().to_string());
  }
  WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make({size.m, size.n}));
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  multiply<T>(context, size, a.data<T>(), left, b.data<T>(), right, out->data<T>());
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_batched(const KernelInit& init, bool broadcasts) {
  const bool adj_x = init.get<bool>("adj_x"), adj_y = init.get<bool>("adj_y");
  Kernel kernel;
  dispatch<kMatMulTypes>(init.type("T"), [&](auto tag) {
    using T = typename decltype(tag)::type;
    kernel = Kernel([left = MatMulSide{adj_x, adj_x}, right = MatMulSide{adj_y, adj_y}, broadcasts](KernelContext& context) {
      return batch_matmul<T>(context, left, right, broadcasts);
    });
  });
  return kernel;
}

}  // namespace

absl::StatusOr<Kernel> make_matmul(const KernelInit& init) {
  const MatMulSide left{init.get<bool>("transpose_a"), false}, right{init.get<bool>("transpose_b"), false};
  Kernel kernel;
  dispatch<kMatMulTypes>(init.type("T"), [&](auto tag) {
    using T = typename decltype(tag)::type;
    kernel = Kernel([left, right](KernelContext& context) { return matmul_matrices<T>(context, left, right); });
  });
  return kernel;
}

absl::StatusOr<Kernel> make_batch_matmul(const KernelInit& init) { return make_batched(init, false); }
absl::StatusOr<Kernel> make_batch_matmul_v2(const KernelInit& init) { return make_batched(init, true); }

}  // namespace weft
