// ReadyNodes: what the pool engine keeps of one step: how many nodes each node still waits for, and who works.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

#include "weft/base/status.h"
#include "weft/runtime/plan.h"

namespace weft {

// A list of nodes, linked through an array in which each node has one place; so lists need no memory of their own.
struct NodeList {
  int32_t head = -1;
  int32_t tail = -1;
  int32_t size = 0;

  bool empty() const { return head < 0; }
  void push(std::vector<int32_t>& next, int32_t node) {
    next[static_cast<size_t>(node)] = -1;
    (head < 0 ? head : next[static_cast<size_t>(tail)]) = node;
    tail = node;
    ++size;
  }
  int32_t pop(const std::vector<int32_t>& next) {
    const int32_t node = head;
    head = next[static_cast<size_t>(node)];
    --size;
    return node;
  }
  void append(std::vector<int32_t>& next, const NodeList& list) {
    if (list.empty()) return;
    (head < 0 ? head : next[static_cast<size_t>(tail)]) = list.head;
    tail = list.tail;
    size += list.size;
  }
};

struct ReadyNodes {
  explicit ReadyNodes(const Plan& plan)
      : pending(static_cast<size_t>(plan.num_nodes())), readers(static_cast<size_t>(plan.num_slots())), next(static_cast<size_t>(plan.num_nodes())) {}

  // Changed by the thread that runs a node's predecessor or reader, through std::atomic_ref.
  std::vector<int32_t> pending;  // [nodes] predecessors that have not run
  std::vector<int32_t> readers;  // [slots] nodes that have not read it
  std::vector<int32_t> next;     // [nodes] links of NodeLists; a node's place belongs to who holds its list

  std::mutex mutex;
  std::condition_variable changed;  // something came into `shared`, or `tokens` fell to 0
  NodeList shared;                  // guarded by mutex: ready nodes for anybody
  // guarded by mutex: one for each thread at work, each node in `shared` and each kernel that waits. The step is over when none is left.
  int64_t tokens = 0;
  int invited = 0;             // guarded by mutex: tasks in the pool's queue that will come to help
  bool caller_waits = false;   // guarded by mutex
  int64_t nodes_run = 0;       // guarded by mutex
  int64_t nodes_finished = 0;  // guarded by mutex
  absl::Status error;          // guarded by mutex: the first one
};

}  // namespace weft
