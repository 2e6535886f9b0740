#include "weft/kernel/philox.h"

#include <sys/random.h>

#include <chrono>

#include "weft/kernel/distributions.h"

namespace weft {
namespace {

constexpr uint32_t kMultiplierA = 0xD2511F53;
constexpr uint32_t kMultiplierB = 0xCD9E8D57;
constexpr uint32_t kKeyStepA = 0x9E3779B9;  // golden ratio
constexpr uint32_t kKeyStepB = 0xBB67AE85;  // sqrt(3) - 1
constexpr int kRounds = 10;

constexpr uint32_t high_product(uint32_t a, uint32_t b) { return static_cast<uint32_t>((static_cast<uint64_t>(a) * b) >> 32); }

// Blocks whose rounds run side by side, in vector registers.
constexpr int kLanes = 16;

struct Lanes {
  uint32_t word[4][kLanes];
};

inline void run_rounds(Lanes& lanes, Philox::Key key) {
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kLanes; ++i) {
      const uint64_t a = static_cast<uint64_t>(lanes.word[0][i]) * kMultiplierA;
      const uint64_t b = static_cast<uint64_t>(lanes.word[2][i]) * kMultiplierB;
      lanes.word[0][i] = static_cast<uint32_t>(b >> 32) ^ lanes.word[1][i] ^ key[0];
      lanes.word[1][i] = static_cast<uint32_t>(b);
      lanes.word[2][i] = static_cast<uint32_t>(a >> 32) ^ lanes.word[3][i] ^ key[1];
      lanes.word[3][i] = static_cast<uint32_t>(a);
    }
    key[0] += kKeyStepA;
    key[1] += kKeyStepB;
  }
}

template <typename Unsigned, typename Draw>
Unsigned draw_below(Unsigned n, Draw draw) {
  if (n == 0) return draw() * n;  // takes its words all the same
  if ((n & (n - 1)) == 0) return draw() & (n - 1);
  // The lowest (2^bits mod n) values are refused; the others are equally many for each remainder.
  const Unsigned refused = static_cast<Unsigned>(~Unsigned{0}) % n + 1;
  for (;;) {
    const Unsigned value = draw();
    if (value >= refused) return value % n;
  }
}

}  // namespace

Philox::Block Philox::block_at(Block counter, Key key) {
  for (int round = 0; round < kRounds; ++round) {
    counter = {high_product(kMultiplierB, counter[2]) ^ counter[1] ^ key[0], kMultiplierB * counter[2],
               high_product(kMultiplierA, counter[0]) ^ counter[3] ^ key[1], kMultiplierA * counter[0]};
    key[0] += kKeyStepA;
    key[1] += kKeyStepB;
  }
  return counter;
}

void Philox::skip(uint64_t blocks) {
  const uint64_t lower = (static_cast<uint64_t>(counter_[1]) << 32 | counter_[0]) + blocks;
  counter_[0] = low(lower);
  counter_[1] = high(lower);
  if (lower < blocks && ++counter_[2] == 0) ++counter_[3];
}

__attribute__((optimize("O3"))) void Philox::generate(uint32_t* words, int64_t blocks) {
  while (blocks > 0) {
    if (blocks < kLanes || counter_[0] > 0xffffffffu - kLanes) {  // too few, or the lanes' counters would need a carry
      for (const uint32_t word : next()) *words++ = word;
      --blocks;
      continue;
    }
    Lanes lanes;
    for (uint32_t i = 0; i < kLanes; ++i) {
      lanes.word[0][i] = counter_[0] + i;
      lanes.word[1][i] = counter_[1];
      lanes.word[2][i] = counter_[2];
      lanes.word[3][i] = counter_[3];
    }
    run_rounds(lanes, key_);
    for (int i = 0; i < kLanes; ++i) {
      for (int w = 0; w < kWordsPerBlock; ++w) words[i * kWordsPerBlock + w] = lanes.word[w][i];
    }
    counter_[0] += kLanes;
    words += kLanes * kWordsPerBlock;
    blocks -= kLanes;
  }
}

void PhiloxWords::skip(uint64_t words) {
  const auto left = static_cast<uint64_t>(Philox::kWordsPerBlock - used_);
  if (words <= left) {
    used_ += static_cast<int>(words);
    return;
  }
  words -= left;
  philox_.skip(words / Philox::kWordsPerBlock);
  used_ = Philox::kWordsPerBlock;
  for (words %= Philox::kWordsPerBlock; words > 0; --words) next();
}

uint64_t PhiloxWords::next64() {
  const uint64_t lower = next();
  return static_cast<uint64_t>(next()) << 32 | lower;
}

float PhiloxWords::next_float() {
  const uint32_t word = next();
  return Uniform<float>::number(&word);
}

double PhiloxWords::next_double() {
  const uint32_t first = next();
  const uint32_t words[2] = {first, next()};
  return Uniform<double>::number(words);
}

uint32_t PhiloxWords::below(uint32_t n) {
  return draw_below(n, [this] { return next(); });
}

uint64_t PhiloxWords::below64(uint64_t n) {
  return draw_below(n, [this] { return next64(); });
}

PhiloxState::PhiloxState(int64_t seed, int64_t seed2)
    : philox_(seed == 0 && seed2 == 0 ? Philox(system_random(), system_random())
                                      : Philox(static_cast<uint64_t>(seed), static_cast<uint64_t>(seed2))) {}

Philox PhiloxState::reserve_blocks(int64_t blocks) {
  const std::lock_guard lock(mutex_);
  const Philox reserved = philox_;
  philox_.skip(static_cast<uint64_t>(blocks));
  return reserved;
}

uint64_t system_random() {
  uint64_t bits = 0;
  if (getentropy(&bits, sizeof bits) == 0) return bits;
  bits = static_cast<uint64_t>(std::chrono::high_resolution_clock::now().time_since_epoch().count());
  const Philox::Block mixed = Philox(bits, reinterpret_cast<uintptr_t>(&bits)).next();
  return static_cast<uint64_t>(mixed[0]) << 32 | mixed[1];
}

Philox stateless_philox(int64_t seed0, int64_t seed1) {
  const auto a = static_cast<uint64_t>(seed0);
  const auto b = static_cast<uint64_t>(seed1);
  const Philox::Block seeds = {static_cast<uint32_t>(a), static_cast<uint32_t>(a >> 32), static_cast<uint32_t>(b), static_cast<uint32_t>(b >> 32)};
  const Philox::Block mixed = Philox(seeds, Philox::Key{0x3ec8f720, 0x02461e29}).next();
  return Philox(Philox::Block{0, 0, mixed[2], mixed[3]}, Philox::Key{mixed[0], mixed[1]});
}

Philox philox_from_state(const int64_t* state) {
  const auto word = [&](int i) { return static_cast<uint32_t>(static_cast<uint64_t>(state[i / 2]) >> (i % 2 * 32)); };
  return Philox(Philox::Block{word(0), word(1), word(2), word(3)}, Philox::Key{word(4), word(5)});
}

void philox_to_state(const Philox& philox, int64_t* state) {
  const auto join = [](uint32_t lower, uint32_t upper) { return static_cast<int64_t>(static_cast<uint64_t>(upper) << 32 | lower); };
  state[0] = join(philox.counter()[0], philox.counter()[1]);
  state[1] = join(philox.counter()[2], philox.counter()[3]);
  state[2] = join(philox.key()[0], philox.key()[1]);
}

}  // namespace weft
