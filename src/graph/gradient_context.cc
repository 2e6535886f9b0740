#include "weft/graph/gradient_context.h"

#include "weft/graph/graph.h"

namespace weft {

Graph& GradientContext::graph() const { return node_->graph(); }
int GradientContext::num_inputs() const { return node_->num_inputs(); }
int GradientContext::num_outputs() const { return node_->num_outputs(); }
Output GradientContext::x(int i) const { return node_->input(i); }
Output GradientContext::y(int i) const { return node_->output(i); }
const AttrMap& GradientContext::attrs() const { return node_->attrs(); }

Output GradientContext::dy(int i) {
  Gradient& dy = dys_[static_cast<size_t>(i)];
  if (dy.is_slices()) dy = densify_(dy.slices());
  return dy.dense();
}

Gradients GradientContext::first(Gradient dx) const {
  Gradients all = none();
  if (!all.empty()) all[0] = std::move(dx);
  return all;
}

Gradients GradientContext::fail(absl::Status why) {
  const std::string text(message(why));
  graph().add_error(annotate(why, str_cat("gradient of ", node_->describe(), ": ")), node_->location());
  Gradients all = none();
  for (Gradient& g : all) g = Gradient::none(AbsentGradient::kFailed, text);
  return all;
}

}  // namespace weft
