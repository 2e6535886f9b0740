#include "weft/kernel/philox.h"

#include <sys/random.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include <chrono>
#include <cstring>

#include "weft/kernel/distributions.h"

namespace weft {
namespace {

constexpr uint32_t kMultiplierA = 0xD2511F53;
constexpr uint32_t kMultiplierB = 0xCD9E8D57;
constexpr uint32_t kKeyStepA = 0x9E3779B9;  // golden ratio
constexpr uint32_t kKeyStepB = 0xBB67AE85;  // sqrt(3) - 1
constexpr int kRounds = 10;

constexpr uint32_t high_product(uint32_t a, uint32_t b) { return static_cast<uint32_t>((static_cast<uint64_t>(a) * b) >> 32); }

// Many blocks at once: a vector holds one word of kWidth blocks, each in the lower half of a 64-bit lane, because that is where the
// multiplication takes its factors from. What lands in the upper halves does not matter.
#if defined(__AVX512F__)
constexpr int kWidth = 8;
#elif defined(__AVX2__)
constexpr int kWidth = 4;
#else
constexpr int kWidth = 2;
#endif
using Lanes = uint64_t __attribute__((vector_size(8 * kWidth)));
using BlockLanes = std::array<Lanes, 4>;
constexpr int kStreams = 4;  // independent vectors in flight hide the latency of the multiplication

Lanes lanes_of(uint64_t x) { return Lanes{} + x; }

inline Lanes multiply_lower(Lanes a, Lanes b) {
#if defined(__AVX512F__)
  return reinterpret_cast<Lanes>(_mm512_maskz_mul_epu32(0xff, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
  return reinterpret_cast<Lanes>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif defined(__SSE2__)
  return reinterpret_cast<Lanes>(_mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
  return (a & 0xffffffffu) * (b & 0xffffffffu);
#endif
}

// Even lanes of the result are even lanes of `a`, odd ones even lanes of `b`; or the same with odd lanes taken.
template <int kOdd> inline Lanes interleave(Lanes a, Lanes b) {
#if defined(__AVX512F__)
  return __builtin_shuffle(a, b, Lanes{0 + kOdd, 8 + kOdd, 2 + kOdd, 10 + kOdd, 4 + kOdd, 12 + kOdd, 6 + kOdd, 14 + kOdd});
#elif defined(__AVX2__)
  return __builtin_shuffle(a, b, Lanes{0 + kOdd, 4 + kOdd, 2 + kOdd, 6 + kOdd});
#else
  return __builtin_shuffle(a, b, Lanes{0 + kOdd, 2 + kOdd});
#endif
}

// Which of kWidth consecutive blocks lies in each lane, so that interleaving leaves them in order.
constexpr int block_in_lane(int lane) { return lane / 2 + lane % 2 * (kWidth / 2); }

inline void run_rounds(std::array<BlockLanes, kStreams>& streams, Philox::Key key) {
  const Lanes multiplier_a = lanes_of(kMultiplierA);
  const Lanes multiplier_b = lanes_of(kMultiplierB);
  for (int round = 0; round < kRounds; ++round) {
    for (BlockLanes& words : streams) {
      const Lanes a = multiply_lower(words[0], multiplier_a);
      const Lanes b = multiply_lower(words[2], multiplier_b);
      words = {(b >> 32) ^ words[1] ^ lanes_of(key[0]), b, (a >> 32) ^ words[3] ^ lanes_of(key[1]), a};
    }
    key[0] += kKeyStepA;
    key[1] += kKeyStepB;
  }
}

inline void store(const BlockLanes& words, uint32_t* out) {
  const Lanes lower_half = lanes_of(0xffffffffu);
  const Lanes first = (words[0] & lower_half) | words[1] << 32;
  const Lanes second = (words[2] & lower_half) | words[3] << 32;
  const Lanes front = interleave<0>(first, second);
  const Lanes back = interleave<1>(first, second);
  std::memcpy(out, &front, sizeof front);
  std::memcpy(out + sizeof front / sizeof *out, &back, sizeof back);
}

template <typename Unsigned, typename Draw> Unsigned draw_below(Unsigned n, Draw draw) {
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

void Philox::generate(uint32_t* words, int64_t blocks, uint32_t stride) {
  constexpr int kBatch = kStreams * kWidth;
  const uint32_t batch_step = kBatch * stride;
  while (blocks > 0) {
    if (blocks < kBatch || counter_[0] > 0xffffffffu - batch_step) {  // too few, or some lane would need a carry
      const Block block = block_at(counter_, key_);
      std::memcpy(words, block.data(), sizeof block);
      skip(stride);
      words += kWordsPerBlock;
      --blocks;
      continue;
    }
    std::array<BlockLanes, kStreams> streams;
    for (int s = 0; s < kStreams; ++s) {
      Lanes first = lanes_of(counter_[0]);
      for (int lane = 0; lane < kWidth; ++lane) first[lane] += static_cast<uint64_t>(s * kWidth + block_in_lane(lane)) * stride;
      streams[s] = {first, lanes_of(counter_[1]), lanes_of(counter_[2]), lanes_of(counter_[3])};
    }
    run_rounds(streams, key_);
    for (int s = 0; s < kStreams; ++s) store(streams[s], words + s * kWidth * kWordsPerBlock);
    counter_[0] += batch_step;
    words += kBatch * kWordsPerBlock;
    blocks -= kBatch;
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
