// Convolution, pooling, biases, normalisation, softmax and losses.
#include "tests/ops/op_cases.h"

namespace weft {

namespace {

CaseInput data(Shape shape) { return spread(std::move(shape), -2.1, 1.9); }

// Convolutions as attributes, each with shapes that fit: 3×4 images of two channels, a 2×2 filter.
struct Window {
  std::vector<CaseAttr> attrs;
  Shape output;  // of an image [1, 3, 4, 2] with two output channels
};

std::vector<Window> windows(bool explicit_padding) {
  std::vector<Window> all = {
      {{{"strides", Ints{1, 1, 1, 1}}, {"padding", "VALID"}}, {1, 2, 3, 2}},
      {{{"strides", Ints{1, 1, 1, 1}}, {"padding", "SAME"}}, {1, 3, 4, 2}},
      {{{"strides", Ints{1, 2, 2, 1}}, {"padding", "SAME"}}, {1, 2, 2, 2}},
      {{{"strides", Ints{1, 1, 1, 1}}, {"padding", "VALID"}, {"dilations", Ints{1, 2, 2, 1}}}, {1, 1, 2, 2}},
  };
  if (explicit_padding) {
    all.push_back({{{"strides", Ints{1, 1, 2, 1}}, {"padding", "EXPLICIT"}, {"explicit_paddings", Ints{0, 0, 1, 0, 0, 1, 0, 0}}}, {1, 3, 2, 2}});
  }
  return all;
}

void add_convolutions(std::vector<OpCase>& cases) {
  const CaseInput image = data({1, 3, 4, 2}), filter = spread({2, 2, 2, 2}, -1.3, 1.7), depthwise = spread({2, 2, 2, 1}, -1.3, 1.7);
  const CaseInput image_sizes = fixed({4}, {1, 3, 4, 2}), filter_sizes = fixed({4}, {2, 2, 2, 2}), depthwise_sizes = fixed({4}, {2, 2, 2, 1});
  for (const Window& w : windows(true)) {
    cases.push_back({.op = "Conv2D", .inputs = {image, filter}, .attrs = w.attrs, .second_order = true});
    cases.push_back({.op = "Conv2DBackpropFilter", .inputs = {image, filter_sizes, data(w.output)}, .attrs = w.attrs, .second_order = true});
    cases.push_back({.op = "Conv2DBackpropInput", .inputs = {image_sizes, filter, data(w.output)}, .attrs = w.attrs, .second_order = true});
  }
  for (const Window& w : windows(false)) {
    if (w.attrs.size() > 2) continue;  // tf.nn dilates depthwise convolutions by moving space to batches
    cases.push_back({.op = "DepthwiseConv2dNative", .inputs = {image, depthwise}, .attrs = w.attrs, .second_order = true});
    cases.push_back(
        {.op = "DepthwiseConv2dNativeBackpropFilter", .inputs = {image, depthwise_sizes, data(w.output)}, .attrs = w.attrs, .second_order = true});
    cases.push_back(
        {.op = "DepthwiseConv2dNativeBackpropInput", .inputs = {image_sizes, depthwise, data(w.output)}, .attrs = w.attrs, .second_order = true});
  }
  const std::vector<CaseAttr> dilation = {{"strides", Ints{1, 1, 1, 1}}, {"rates", Ints{1, 1, 1, 1}}, {"padding", "VALID"}};
  const CaseInput small_filter = spread({2, 2, 2}, -1.31, 1.73);
  cases.push_back({.op = "Dilation2D", .inputs = {image, small_filter}, .attrs = dilation});
  cases.push_back({.op = "Dilation2DBackpropFilter", .inputs = {image, small_filter, data({1, 2, 3, 2})}, .attrs = dilation});
  cases.push_back({.op = "Dilation2DBackpropInput", .inputs = {image, small_filter, data({1, 2, 3, 2})}, .attrs = dilation});
}

void add_pooling(std::vector<OpCase>& cases) {
  for (const char* padding : {"VALID", "SAME"}) {
    const std::vector<CaseAttr> attrs = {{"ksize", Ints{1, 2, 2, 1}}, {"strides", Ints{1, 1, 2, 1}}, {"padding", padding}};
    const Shape pooled = padding[0] == 'V' ? Shape{1, 2, 2, 2} : Shape{1, 3, 2, 2};
    cases.push_back({.op = "AvgPool", .inputs = {data({1, 3, 4, 2})}, .attrs = attrs, .second_order = true});
    cases.push_back({.op = "AvgPoolGrad", .inputs = {fixed({4}, {1, 3, 4, 2}), data(pooled)}, .attrs = attrs, .second_order = true});
    cases.push_back({.op = "MaxPool", .inputs = {data({1, 3, 4, 2})}, .attrs = attrs, .second_order = true});
  }
  // Windows that do not overlap; the second input is what pooling the first gives.
  const std::vector<CaseAttr> attrs = {{"ksize", Ints{1, 2, 2, 1}}, {"strides", Ints{1, 2, 2, 1}}, {"padding", "VALID"}};
  const CaseInput image = values({1, 2, 4, 1}, {1, 5, 2, 3, 4, 2, 7, 6}), pooled = values({1, 1, 2, 1}, {5, 7});
  cases.push_back({.op = "MaxPoolGrad", .inputs = {image, pooled, data({1, 1, 2, 1})}, .attrs = attrs, .second_order = true});
  cases.push_back({.op = "MaxPoolGradGrad", .inputs = {image, pooled, data({1, 2, 4, 1})}, .attrs = attrs, .second_order = true});
}

void add_biases(std::vector<OpCase>& cases) {
  cases.push_back({.op = "BiasAdd", .inputs = {data({2, 3}), data({3})}, .second_order = true});
  cases.push_back({.op = "BiasAdd", .inputs = {data({1, 2, 2, 3}), data({3})}, .attrs = {{"data_format", "NHWC"}}, .second_order = true});
  cases.push_back({.op = "BiasAdd", .inputs = {data({1, 3, 2, 2}), data({3})}, .attrs = {{"data_format", "NCHW"}}, .second_order = true});
  cases.push_back({.op = "BiasAddV1", .inputs = {data({2, 3}), data({3})}, .second_order = true});
  cases.push_back({.op = "BiasAddGrad", .inputs = {data({2, 3})}, .second_order = true});
  cases.push_back({.op = "BiasAddGrad", .inputs = {data({1, 3, 2, 2})}, .attrs = {{"data_format", "NCHW"}}, .second_order = true});
}

void add_normalisation(std::vector<OpCase>& cases) {
  const CaseInput image = data({2, 2, 1, 2}), scale = spread({2}, 0.6, 1.7), offset = data({2}), empty = values({0}, {}), mean = data({2}),
                  variance = spread({2}, 0.6, 1.7);
  for (const std::string_view op : {"FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"}) {
    // As gradients of the two empty inputs TensorFlow hands on two outputs that hold nothing.
    cases.push_back({.op = op,
                     .inputs = {image, scale, offset, empty, empty},
                     .attrs = {{"epsilon", 0.01}, {"is_training", true}},
                     .outputs = {0},
                     .second_order = true,
                     .ignored = {3, 4}});
    cases.push_back({.op = op,
                     .inputs = {image, scale, offset, mean, variance},
                     .attrs = {{"epsilon", 0.01}, {"is_training", false}},
                     .none = {3, 4},
                     .outputs = {0}});
  }
  // The gradient ops take the batch's mean and variance as reserve space and differentiate as if they were functions of x: their
  // gradients are checked as second derivatives of the rows above. Their last two outputs are scalars, inferred as vectors.
  for (const std::string_view op : {"FusedBatchNormGrad", "FusedBatchNormGradV2"}) {
    cases.push_back({.op = op, .inputs = {data({2, 2, 1, 2}), image, scale, mean, variance}, .attrs = {{"epsilon", 0.01}}, .misinferred = {3, 4}});
  }
  cases.push_back({.op = "FusedBatchNormGradV3",
                   .inputs = {data({2, 2, 1, 2}), image, scale, mean, variance, empty},
                   .attrs = {{"epsilon", 0.01}},
                   .misinferred = {3, 4}});
  const std::vector<CaseAttr> lrn = {{"depth_radius", 1}, {"bias", 1.5}, {"alpha", 0.7}, {"beta", 0.6}};
  cases.push_back({.op = "LRN", .inputs = {data({1, 1, 2, 4})}, .attrs = lrn});
  cases.push_back({.op = "LRNGrad", .inputs = {data({1, 1, 2, 4}), spread({1, 1, 2, 4}, 0.5, 2), spread({1, 1, 2, 4}, 0.2, 1)}, .attrs = lrn});
}

void add_losses(std::vector<OpCase>& cases) {
  cases.push_back({.op = "Softmax", .inputs = {data({2, 3})}, .second_order = true});
  cases.push_back({.op = "LogSoftmax", .inputs = {data({2, 3})}, .second_order = true});
  cases.push_back({.op = "L2Loss", .inputs = {data({2, 3})}, .second_order = true});
  cases.push_back({.op = "SoftmaxCrossEntropyWithLogits", .inputs = {data({2, 3}), values({2, 3}, {0.2, 0.5, 0.3, 0.6, 0.1, 0.3})}, .outputs = {0}});
  // One row of labels for all: the second input broadcasts. TensorFlow's gradient does not sum over what was repeated, and is refused.
  cases.push_back({.op = "SoftmaxCrossEntropyWithLogits", .inputs = {data({2, 3}), fixed({1, 3}, {0.2, 0.5, 0.3})}, .differentiable = false});
  cases.push_back({.op = "SparseSoftmaxCrossEntropyWithLogits", .inputs = {data({2, 3}), fixed({2}, {2, 0})}, .outputs = {0}});
}

}  // namespace

std::vector<OpCase> nn_cases() {
  std::vector<OpCase> cases;
  add_convolutions(cases);
  add_pooling(cases);
  add_biases(cases);
  add_normalisation(cases);
  add_losses(cases);
  return cases;
}

}  // namespace weft
