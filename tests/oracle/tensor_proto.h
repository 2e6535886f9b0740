// TensorFlow's TensorProto, TensorShapeProto and AttrValue as weft's values.
#pragma once

#include <protozero/pbf_reader.hpp>

#include "weft/graph/attr_value.h"

namespace weft::oracle {

PartialShape read_shape(protozero::data_view bytes);

// Elements stand as raw bytes, or in the field of their type; fewer than the shape says mean that the last one is repeated.
Tensor read_tensor(protozero::data_view bytes);

// `type` says what an empty list is a list of.
AttrValue read_attr(protozero::data_view bytes, AttrType type);

}  // namespace weft::oracle
