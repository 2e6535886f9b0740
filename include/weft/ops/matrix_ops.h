// Diagonals and bands of matrices; blocks of space moved to batch or depth; rolling; counting. Arguments of shape [..., m, n] are
// stacks of matrices.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "weft/ops/op_builder.h"

namespace weft {

// --- Diagonals ---------------------------------------------------------------------------------------------------------------------

// Square matrices with `diagonal` [..., n] on their diagonals and zeros elsewhere: [..., n, n]. `name` "" means "diag". Gradient:
// matrix_diag_part. TF op MatrixDiag.
Output matrix_diag(const Operand& diagonal, std::string_view name = "", Loc where = Loc::current());
// The diagonals of `input` [..., m, n]: [..., min(m, n)]. `name` "" means "diag_part". TF op MatrixDiagPart.
Output matrix_diag_part(const Operand& input, std::string_view name = "", Loc where = Loc::current());
// `input` [..., m, n] with other diagonals [..., min(m, n)]. `name` "" means "set_diag". TF op MatrixSetDiag.
Output matrix_set_diag(const Operand& input, const Operand& diagonal, std::string_view name = "", Loc where = Loc::current());
// `input` with zeros below the num_lower-th subdiagonal and above the num_upper-th superdiagonal; negative keeps all. TF op
// MatrixBandPart.
Output matrix_band_part(const Operand& input, const Operand& num_lower, const Operand& num_upper, std::string_view name = "",
                        Loc where = Loc::current());
// A tensor of twice the rank with `diagonal` at positions [i, j, ..., i, j, ...]. Gradient: diag_part. TF op Diag.
Output diag(const Operand& diagonal, std::string_view name = "", Loc where = Loc::current());
// The inverse: the elements at such positions; dimension k must equal dimension k + rank / 2. TF op DiagPart.
Output diag_part(const Operand& input, std::string_view name = "", Loc where = Loc::current());

// --- Blocks --------------------------------------------------------------------------------------------------------------------------

// Blocks of the spatial dimensions 1 .. M, after padding with zeros, become batches: input [b, s1, ..., sM, ...], block_shape [M],
// paddings [M, 2]; result [b * prod(block), (s + padding) / block, ...]. InvalidArgument when a padded size is no multiple of its
// block. Gradient: batch_to_space_nd. TF op SpaceToBatchND.
Output space_to_batch_nd(const Operand& input, const Operand& block_shape, const Operand& paddings, std::string_view name = "",
                         Loc where = Loc::current());
// The inverse, then cropped. TF op BatchToSpaceND.
Output batch_to_space_nd(const Operand& input, const Operand& block_shape, const Operand& crops, std::string_view name = "",
                         Loc where = Loc::current());
// The same for images [b, h, w, c] and square blocks.
Output space_to_batch(const Operand& input, const Operand& paddings, int64_t block_size, std::string_view name = "", Loc where = Loc::current());
Output batch_to_space(const Operand& input, const Operand& crops, int64_t block_size, std::string_view name = "", Loc where = Loc::current());

struct DepthOptions {
  std::string data_format = "NHWC";  // other formats have no CPU kernel, as in TensorFlow
  std::string name = {};             // "SpaceToDepth", "DepthToSpace"
};
// Blocks of an image become channels: [b, h, w, c] gives [b, h / s, w / s, c * s * s]. TF op SpaceToDepth.
Output space_to_depth(const Operand& input, int64_t block_size, DepthOptions options = {}, Loc where = Loc::current());
// The inverse. TF op DepthToSpace.
Output depth_to_space(const Operand& input, int64_t block_size, DepthOptions options = {}, Loc where = Loc::current());

// --- Others ----------------------------------------------------------------------------------------------------------------------------

// Elements moved by `shift` along `axis` (integers, or vectors of one length), round the end. Gradient: rolled back. TF op Roll.
Output roll(const Operand& input, const Operand& shift, const Operand& axis, std::string_view name = "", Loc where = Loc::current());
// bins[v] = how often v in [0, size) occurs in `arr` (int32, not negative), or the sum of the `weights` there (the same shape, or
// empty). No gradient. TF op Bincount itself: tf.bincount also finds the size.
Output bincount(const Operand& arr, const Operand& size, const Operand& weights, std::string_view name = "", Loc where = Loc::current());

}  // namespace weft
