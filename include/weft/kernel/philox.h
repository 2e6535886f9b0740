// Philox: TensorFlow's counter-based random generator (Philox4x32-10), and the state that random ops keep in a session.
//
// A generator is a key and a 128-bit counter; block number n is a function of both, so any place in the stream is reached at once and
// numbers do not depend on how work is cut among threads.
//
//   Philox philox = state.reserve_outputs(n);      // this run's part of the stream
//   Philox::Block words = philox.next();           // four random 32-bit words
//
// Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3. SC 2011.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>

#include "weft/kernel/resource.h"

namespace weft {

class Philox {
 public:
  using Block = std::array<uint32_t, 4>;
  using Key = std::array<uint32_t, 2>;
  static constexpr int kWordsPerBlock = 4;

  Philox() = default;
  // Attributes `seed` and `seed2` of a random op: the key, and the upper half of the counter.
  Philox(uint64_t seed, uint64_t seed2) : counter_{0, 0, low(seed2), high(seed2)}, key_{low(seed), high(seed)} {}
  Philox(const Block& counter, const Key& key) : counter_(counter), key_(key) {}

  Block next() {
    const Block block = block_at(counter_, key_);
    advance();
    return block;
  }
  // As `blocks` calls of next().
  void skip(uint64_t blocks);
  // Writes `blocks` blocks, four words each: the next ones, or every stride-th. The words that next() gives, several times faster.
  void generate(uint32_t* words, int64_t blocks, uint32_t stride = 1);  // stride < 2^24

  const Block& counter() const { return counter_; }
  const Key& key() const { return key_; }
  friend bool operator==(const Philox&, const Philox&) = default;

 private:
  static constexpr uint32_t low(uint64_t x) { return static_cast<uint32_t>(x); }
  static constexpr uint32_t high(uint64_t x) { return static_cast<uint32_t>(x >> 32); }
  static Block block_at(Block counter, Key key);
  void advance() {
    for (uint32_t& word : counter_) {
      if (++word != 0) return;
    }
  }

  Block counter_{};
  Key key_{};
};

// The words of a generator one by one, and the few simple draws that some ops make of them.
class PhiloxWords {
 public:
  explicit PhiloxWords(const Philox& philox) : philox_(philox) {}
  // As above when the first block is known already.
  PhiloxWords(const Philox& philox, const uint32_t* first_block)
      : philox_(philox), block_{first_block[0], first_block[1], first_block[2], first_block[3]}, used_(0) {
    philox_.skip(1);
  }

  uint32_t next() {
    if (used_ == Philox::kWordsPerBlock) {
      block_ = philox_.next();
      used_ = 0;
    }
    return block_[static_cast<size_t>(used_++)];
  }
  void skip(uint64_t words);
  uint64_t next64();     // the first word is the lower one
  float next_float();    // [0, 1)
  double next_double();  // [0, 1)
  // [0, n) without bias, by rejection; 0 when n is 0.
  uint32_t below(uint32_t n);
  uint64_t below64(uint64_t n);

 private:
  Philox philox_;
  Philox::Block block_{};
  int used_ = Philox::kWordsPerBlock;
};

// The generator of one random op in one session. Each run takes a piece of its stream and moves it on, by rules that are TensorFlow's.
// Thread safety: reserve_* lock.
class PhiloxState : public Resource {
 public:
  // How much of the stream TensorFlow sets aside for each output, in blocks.
  static constexpr int64_t kBlocksPerOutput = 256;

  // Seeds 0, 0 mean: draw them from the operating system.
  PhiloxState(int64_t seed, int64_t seed2);

  // A generator at the current place; the state moves on by `blocks` blocks, or 256 for each of `outputs`, or enough for `words`.
  Philox reserve_blocks(int64_t blocks);
  Philox reserve_outputs(int64_t outputs) { return reserve_blocks(outputs * kBlocksPerOutput); }
  Philox reserve_words(int64_t words) { return reserve_blocks((words + 3) / 4); }

  std::string type_name() const override { return "PhiloxState"; }

 private:
  std::mutex mutex_;
  Philox philox_;  // guarded by mutex_
};

// 64 random bits from the operating system.
uint64_t system_random();

// The generator of a stateless random op: a scrambled from `seed`, so that no part of it needs to be strong.
Philox stateless_philox(int64_t seed0, int64_t seed1);

// The state tensor of tf.random.experimental.Generator: int64[3], the counter's two halves and the key. An op that draws n numbers moves
// it on by 256 n blocks, RngSkip by 256 delta.
Philox philox_from_state(const int64_t* state);
void philox_to_state(const Philox& philox, int64_t* state);

}  // namespace weft
