// OpRegistry::standard(): the one place that names every family of ops.
#include "src/ops/op_lists.h"
#include "weft/graph/op_registry.h"

namespace weft {

const OpRegistry& OpRegistry::standard() {
  static const OpRegistry& registry = *[] {
    auto* all = new OpRegistry;
    for (const OpList& family : {
             constant_ops(),
             host_call_ops(),
             resource_variable_ops(),
             training_ops(),
             control_ops(),
             placeholder_ops(),
             identity_ops(),
             shape_ops(),
             reshape_ops(),
             fill_ops(),
             pack_ops(),
             concat_ops(),
         }) {
      for (const OpDef* op : family) (void)all->add(*op);  // two ops of one name: the registry test finds them
    }
    return all;
  }();
  return registry;
}

}  // namespace weft
