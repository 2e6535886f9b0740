"""Writes what TensorFlow 1.15.5's tf.gradients adds to graphs, for tests/gradients/recorded_test.cc.

  python record_gradients.py OPS options OUT
  python record_gradients.py OPS random OUT GRAPHS STEPS
  python record_gradients.py OPS oracle OUT FOLDER [all]

OPS is the output of `weft ops --names`; graphs with other ops are left out. `oracle` reads the forward graphs of TensorFlow's own tests
(TFRecord files of Case messages: graph_def 2, gradient 4, ops 6) and, unless `all`, keeps one small one of each structure. Lines of OUT, fields separated by tabs:

  case NAME
  node NAME OP DEVICE "in:1 ^control" "shape;shape" attr=value…     the forward graph
  call NAME "y:0 …" "x:0 …" "grad …" "stop …" flags                 tf.gradients, its options
  +    as node                                                      what the call added
  grad none | dense NAME | slices VALUES INDICES SHAPE|-            what it returned, one for each x
  error TEXT                                                        instead of + and grad: it raised
  feed NAME TENSOR, want NAME RTOL ATOL TENSOR                      with `all`: a run of the last call's gradients
"""
import os, random, struct, sys, urllib.parse

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
os.environ['CUDA_VISIBLE_DEVICES'] = ''
import warnings
warnings.filterwarnings('ignore')
import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
tf.get_logger().setLevel('ERROR')
from tensorflow.core.framework import attr_value_pb2, graph_pb2, tensor_pb2
from tensorflow.python.framework import op_def_registry
from tensorflow.python.ops import resource_variable_ops

MAX_ELEMENTS = 4096


def quoted(text):
  if isinstance(text, bytes): text = text.decode('latin-1')
  return urllib.parse.quote(text, safe="/:@._-+()*^", encoding='latin-1') or '%'


def shape_text(proto):
  if proto.unknown_rank: return '?'
  return ','.join(str(d.size) for d in proto.dim) or 'scalar'


def number(value):
  if isinstance(value, (bool, np.bool_)): return '1' if value else '0'
  if isinstance(value, (int, np.integer)): return str(int(value))
  value = float(value)
  if value == int(value) and abs(value) < 1e7 if np.isfinite(value) else False:
    return ('-' if str(value).startswith('-') else '') + str(abs(int(value)))
  return '%.9g' % value if value == float(np.float32(value)) else '%.17g' % value


def tensor_text(array, dtype):
  flat = list(np.asarray(array).reshape(-1))
  if dtype == tf.string: words = [quoted(v) for v in flat]
  elif dtype.is_complex: words = [number(v.real) + '|' + number(v.imag) for v in flat]
  else: words = [number(v) for v in flat]
  while len(words) > 1 and words[-1] == words[-2]: words.pop()
  return '%s(%s)%s' % (dtype.name, ','.join(map(str, np.shape(array))), ' '.join(words))


def proto_text(proto):
  return tensor_text(tf.make_ndarray(proto), tf.as_dtype(proto.dtype))


def attr_text(value):
  kind = value.WhichOneof('value')
  if kind == 's': return quoted(value.s)
  if kind == 'i': return str(value.i)
  if kind == 'f': return '%.9g' % value.f
  if kind == 'b': return '1' if value.b else '0'
  if kind == 'type': return tf.as_dtype(value.type).name
  if kind == 'shape': return shape_text(value.shape)
  if kind == 'tensor': return proto_text(value.tensor)
  if kind == 'list':
    v = value.list
    items = [quoted(s) for s in v.s] + [str(i) for i in v.i] + ['%.9g' % f for f in v.f] + ['1' if b else '0' for b in v.b]
    items += [tf.as_dtype(t).name for t in v.type] + [shape_text(s) for s in v.shape]
    return ';'.join(items)
  raise ValueError(kind)


def node_fields(op):
  node = op.node_def
  known = {a.name for a in op.op_def.attr}
  attrs = ['%s=%s' % (k, attr_text(node.attr[k])) for k in sorted(node.attr) if k in known or k == '_class']
  shapes = ';'.join(shape_text(o.shape.as_proto()) for o in op.outputs)
  return [op.name, op.type, quoted(op.device or ''), ' '.join(node.input) or '-', shapes or '-'] + attrs


class Recorder:
  def __init__(self, ops):
    self.ops = ops
    self.seen = set()
    self.lines = []
    self.cases = 0

  def imported(self, graph_def):
    graph = tf.Graph()
    with graph.as_default():
      tf.import_graph_def(graph_def, name='')
    for op in graph.get_operations():
      for t in op.outputs:
        if t.dtype == tf.resource: t._handle_data = resource_variable_ops.get_resource_handle_data(t)
    return graph

  # calls: functions (graph, results so far) -> dict of arguments with tensors by name
  def case(self, name, graph_def, calls, run=None, once=False):
    if any(n.op not in self.ops for n in graph_def.node) or graph_def.library.function: return False
    graph = self.imported(graph_def)
    lines = ['\t'.join(['node'] + node_fields(op)) for op in graph.get_operations()]
    results = []
    with graph.as_default():
      for call in calls:
        arguments = call(graph, results)
        if arguments is None: break
        done = self.call(graph, arguments, results, lines)
        if done is None: return False
        if not done: break
    if once:
      key = tuple(self.skeleton(l) for l in lines)
      if key in self.seen: return False
      self.seen.add(key)
    if run and results: lines += run(graph, results[-1])
    if once and sum(map(len, lines)) > 4000: return False
    self.lines.append('case\t' + name)
    self.lines += lines
    self.cases += 1
    return True

  # What of a line tells structures apart: not the values of constants, nor sizes.
  def skeleton(self, line):
    fields = line.split('\t')
    if fields[0] in ('node', '+'):
      return tuple(fields[:3]) + (fields[4],) + tuple(f for f in fields[6:] if not f.startswith(('value=', 'shape=')))
    return line

  def call(self, graph, a, results, lines):
    def tensors(names):
      find = graph.get_tensor_by_name
      return [find(n) if isinstance(n, str) else n(find) if callable(n) else n for n in names]
    def names(ts): return ' '.join('none' if t is None else 'slices:%s,%s,%s' % (t.values.name, t.indices.name, t.dense_shape.name if t.dense_shape is not None else '-')
                                   if isinstance(t, tf.IndexedSlices) else t.name for t in ts) or '-'
    ys, xs, stop = tensors(a['ys']), tensors(a['xs']), tensors(a.get('stop', []))
    grad_ys = tensors(a.get('grad_ys', []))
    flags = []
    options = {}
    for flag in ('gate_gradients', 'colocate_gradients_with_ops'):
      if a.get(flag): flags.append(flag); options[flag] = True
    if a.get('aggregation_method'): flags.append('aggregation=%d' % a['aggregation_method']); options['aggregation_method'] = a['aggregation_method']
    if a.get('zero'): flags.append('zero'); options['unconnected_gradients'] = tf.UnconnectedGradients.ZERO
    before = len(graph.get_operations())
    lines.append('\t'.join(['call', a.get('name') or '-', names(ys), names(xs), names(grad_ys), names(stop), ' '.join(flags) or '-']))
    try:
      got = tf.gradients(ys, xs, grad_ys=grad_ys or None, stop_gradients=stop or None, name=a.get('name') or 'gradients', **options)
    except Exception as e:
      lines.append('error\t' + type(e).__name__ + '\t' + quoted(str(e).split('\n')[0]))
      return False
    added = graph.get_operations()[before:]
    if any(op.type not in self.ops for op in added): return None
    lines += ['\t'.join(['+'] + node_fields(op)) for op in added]
    for g in got:
      if g is None: lines.append('grad\tnone')
      elif isinstance(g, tf.IndexedSlices):
        lines.append('grad\tslices\t%s\t%s\t%s' % (g.values.name, g.indices.name, g.dense_shape.name if g.dense_shape is not None else '-'))
      else: lines.append('grad\tdense\t' + g.name)
    results.append(got)
    return True


def dense(results): return [g for g in results[-1] if isinstance(g, tf.Tensor) and (g.dtype.is_floating)]


# --- options and IndexedSlices --------------------------------------------------------------------------------------------------------

def placeholders(*names): return [tf.placeholder(tf.float32, [3, 2], name=n) for n in names]
def names_of(*ts): return [t.name for t in ts]


def gathered(f):
  """d(gather(f(x, z)))/dx: IndexedSlices arrive at what f returns."""
  def build():
    x, z = placeholders('x', 'z')
    y = tf.gather(f(x, z), [2, 0, 2], name='rows')
    return [dict(ys=names_of(y), xs=names_of(x, z))]
  return build


def option_cases():
  cases = {}
  def case(build): cases[build.__name__] = build
  flows = dict(
      identity=lambda x, z: tf.identity(x), add_n=lambda x, z: tf.add_n([x, z, x]), accumulate=lambda x, z: tf.accumulate_n([x, z]),
      concat=lambda x, z: tf.concat([x, z], 0), concat_columns=lambda x, z: tf.concat([x, z], 1), concat_negative=lambda x, z: tf.concat([x, z], -1),
      tile=lambda x, z: tf.tile(x, [2, 3]), stitch=lambda x, z: tf.dynamic_stitch([[0, 2], [1]], [x[:2], z[:1]]),
      chain=lambda x, z: tf.identity(tf.concat([tf.identity(x), tf.add_n([x, z])], 0)),
      stop=lambda x, z: tf.identity(tf.stop_gradient(x)), default=lambda x, z: tf.placeholder_with_default(x, [3, 2]))
  for name, f in flows.items(): cases['slices_' + name] = gathered(f)

  @case
  def several_gathers():
    x, z = placeholders('x', 'z')
    return [dict(ys=names_of(tf.gather(x, [0, 1]), tf.gather(x, [2]), tf.gather(x, tf.constant([1], tf.int64))), xs=names_of(x))]
  @case
  def gathers_of_one_kind():
    x, z = placeholders('x', 'z')
    return [dict(ys=names_of(tf.gather(x, [0, 1]), tf.gather(x, [2])), xs=names_of(x), aggregation_method=m, gate_gradients=True, name='m%d' % m) for m in (0, 1, 2)]
  @case
  def slices_and_dense():
    x, z = placeholders('x', 'z')
    return [dict(ys=names_of(tf.gather(x, [0, 1]), x * z, tf.gather(x, [2])), xs=names_of(x), aggregation_method=m) for m in (0, 1)]
  @case
  def dense_first():
    x, z = placeholders('x', 'z')
    return [dict(ys=names_of(x * z, tf.gather(x, [0, 1])), xs=names_of(x))]
  @case
  def gather_nd_rows():
    x, z = placeholders('x', 'z')
    return [dict(ys=names_of(tf.gather_nd(x, [[1], [2]])), xs=names_of(x)), dict(ys=names_of(tf.gather_nd(x, [[1, 0]])), xs=names_of(x))]
  @case
  def gather_columns():
    x, z = placeholders('x', 'z')
    return [dict(ys=names_of(tf.gather(x, [1, 0, 1], axis=1)), xs=names_of(x))]
  @case
  def variables():
    v = tf.get_variable('v', [4, 2], use_resource=True, initializer=tf.zeros_initializer())
    w = tf.get_variable('w', [4, 2], use_resource=True, initializer=tf.zeros_initializer())
    rows = tf.concat([tf.gather(v, [0, 1]), tf.gather(v, [3])], 0)
    h = names_of(v.handle, w.handle)
    return [dict(ys=names_of(rows), xs=h), dict(ys=names_of(rows, v.value()), xs=h, zero=True), dict(ys=names_of(tf.gather_nd(v, [[1], [2]])), xs=h, gate_gradients=True),
            dict(ys=names_of(rows), xs=h, colocate_gradients_with_ops=True, aggregation_method=1)]
  @case
  def given_slices():
    x, z = placeholders('x', 'z')
    indices, rows, shape = tf.placeholder(tf.int32, [2], name='i'), tf.placeholder(tf.float32, [2, 2], name='r'), tf.placeholder(tf.int32, [2], name='s')
    y = tf.identity(x)
    return [dict(ys=names_of(y), xs=names_of(x), grad_ys=[lambda g: tf.IndexedSlices(g('r:0'), g('i:0'), g('s:0'))]),
            dict(ys=names_of(y), xs=names_of(x), grad_ys=[lambda g: tf.IndexedSlices(g('r:0'), g('i:0'))])]
  @case
  def given_gradients():
    x, z = placeholders('x', 'z')
    a, b = tf.exp(x), x * z
    c = tf.cast(x, tf.complex64) if False else tf.tanh(b)
    return [dict(ys=names_of(a, b, c), xs=names_of(x, z), grad_ys=names_of(z, x, a)), dict(ys=names_of(a), xs=names_of(x), grad_ys=names_of(b), name='named')]
  @case
  def the_same_twice():
    x, z = placeholders('x', 'z')
    y = x * z
    return [dict(ys=names_of(y, y), xs=names_of(x, x)), dict(ys=names_of(y), xs=names_of(y)), dict(ys=names_of(y, x), xs=names_of(x, y)), dict(ys=names_of(x), xs=names_of(z, x))]
  @case
  def stops():
    x, z = placeholders('x', 'z')
    a = tf.tanh(x, name='a')
    b = tf.exp(a, name='b') * a
    c = b * tf.square(z)
    return [dict(ys=names_of(c), xs=names_of(x, a, b, z), stop=names_of(b)), dict(ys=names_of(c), xs=names_of(x, a, b), stop=names_of(a)),
            dict(ys=names_of(c), xs=names_of(a, z), stop=names_of(c)), dict(ys=names_of(b, c), xs=names_of(a, b), stop=names_of(a, b), zero=True)]
  @case
  def unused_outputs():
    x, z = placeholders('x', 'z')
    a, b, c = tf.unstack(x)
    return [dict(ys=names_of(tf.exp(a)), xs=names_of(x)), dict(ys=names_of(tf.exp(a)), xs=names_of(x, a, b)), dict(ys=names_of(a), xs=names_of(b, c)),
            dict(ys=names_of(a), xs=names_of(b, z), zero=True), dict(ys=names_of(tf.split(x, 3)[1]), xs=names_of(x), gate_gradients=True)]
  @case
  def integers_and_walls():
    x, z = placeholders('x', 'z')
    i = tf.placeholder(tf.int32, [2], name='i')
    y = tf.cast(i, tf.float32) + tf.floor(x) + tf.stop_gradient(z) + tf.sign(x) + tf.cast(tf.cast(z, tf.int32), tf.float32)
    return [dict(ys=names_of(y), xs=names_of(x, z, i)), dict(ys=names_of(y), xs=names_of(x, z), zero=True), dict(ys=names_of(i), xs=names_of(i, x))]
  @case
  def nothing_by_nothing():
    x, z = placeholders('x', 'z')
    return [dict(ys=names_of(x * z), xs=[]), dict(ys=names_of(tf.zeros([2])), xs=names_of(x)), dict(ys=names_of(tf.zeros([2])), xs=names_of(x), zero=True)]
  @case
  def methods():
    x, z = placeholders('x', 'z')
    u = tf.placeholder(tf.float32, name='u')
    y = x * z + x * tf.exp(x) + tf.square(x)
    w = u * u * u
    return [dict(ys=names_of(y, w), xs=names_of(x, u), aggregation_method=m, gate_gradients=g, colocate_gradients_with_ops=c)
            for m, g, c in ((0, False, True), (1, True, False), (2, True, True), (2, False, False))]
  @case
  def devices():
    x, z = placeholders('x', 'z')
    with tf.device('/cpu:0'): a = tf.exp(x) * z
    with tf.device('/job:w/cpu:1'): b = tf.tanh(x) * z
    y = a * b + x
    return [dict(ys=names_of(y), xs=names_of(x, z)), dict(ys=names_of(y), xs=names_of(x, z), colocate_gradients_with_ops=True)]
  @case
  def third_derivative():
    x, z = placeholders('x', 'z')
    y = tf.tanh(x) * tf.exp(z)
    second = lambda graph, results: dict(ys=[dense(results)[0]], xs=names_of(x, z))
    return [dict(ys=names_of(y), xs=names_of(x, z)), second, second]
  @case
  def inside_scopes():
    x, z = placeholders('x', 'z')
    with tf.name_scope('a'):
      with tf.name_scope('gradients'): y = tf.tanh(x) * z
    return [dict(ys=names_of(y), xs=names_of(x)), dict(ys=names_of(y), xs=names_of(x), name='a'), dict(ys=names_of(y), xs=names_of(x), name='a/gradients')]
  return cases


def record_options(recorder):
  for name, build in option_cases().items():
    with tf.Graph().as_default() as graph: calls = build()
    recorder.case(name, graph.as_graph_def(), [c if callable(c) else lambda graph, results, c=c: c for c in calls])


# --- random graphs ------------------------------------------------------------------------------------------------------------------

class RandomGraph:
  """Forward graphs in which tensors are used several times, on paths of different lengths, with unknown shapes here and there."""

  def __init__(self, seed, steps):
    self.r = random.Random(seed)
    self.steps = steps

  def build(self):
    r = self.r
    self.graph = tf.Graph()
    with self.graph.as_default():
      self.values = []   # float tensors of rank 2
      for i in range(r.randint(1, 3)):
        if r.random() < 0.3:
          v = tf.get_variable('v%d' % i, [3, 3], use_resource=True, initializer=tf.zeros_initializer())
          self.values.append(v.value() if r.random() < 0.7 else tf.gather(v, tf.constant([0, 2, 1])))
          if r.random() < 0.3: self.values.append(tf.gather(v, tf.constant([1, 1, 0])))
          self.values.append(v.value())
        else:
          self.values.append(tf.placeholder(tf.float32, r.choice([[3, 3], [3, 3], [None, 3], [None, None], None]), name='x%d' % i))
          if self.values[-1].shape.ndims is None: self.values.append(tf.reshape(self.values[-1], [3, 3]))
      self.sources = list(self.values)
      for _ in range(r.randint(4, self.steps)):
        try: self.step()
        except (ValueError, IndexError): pass
    return self.graph

  def any(self):
    n = len(self.values)
    return self.r.choice(self.values) if self.r.random() < 0.35 else self.values[self.r.randrange(max(0, n - 4), n)]

  def step(self):
    r = self.r
    x, y = self.any(), self.any()
    unary = [tf.tanh, tf.sigmoid, tf.exp, tf.square, tf.negative, tf.abs, tf.nn.relu, tf.nn.softplus, tf.sin, tf.sign, tf.floor, tf.identity,
             tf.stop_gradient, tf.nn.elu, tf.log1p, tf.rsqrt, tf.nn.softmax, tf.transpose, tf.math.reciprocal, tf.erf, tf.nn.l2_loss, tf.zeros_like,
             lambda t: t + 1.0, lambda t: 2.0 * t, lambda t: t / 3.0, lambda t: t ** 2.0, lambda t: 1.0 - t, tf.math.cumsum,
             lambda t: tf.cast(tf.cast(t, tf.float64) * 2.0, tf.float32), lambda t: tf.cast(tf.cast(t, tf.int32), tf.float32)]
    binary = [tf.add, tf.subtract, tf.multiply, tf.divide, tf.maximum, tf.minimum, tf.matmul, tf.squared_difference, tf.pow, tf.atan2,
              lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a - b, lambda a, b: a / b, lambda a, b: tf.where(a > b, a, b),
              lambda a, b: tf.add_n([a, b, a]), lambda a, b: tf.matmul(a, b, transpose_b=True), lambda a, b: tf.matmul(a, b, transpose_a=True),
              lambda a, b: tf.concat([a, b], 0)[:3], lambda a, b: tf.floordiv(a, b), lambda a, b: tf.floormod(a, b)]
    shape = [lambda t: tf.reshape(t, [-1]), lambda t: tf.reshape(t, [3, -1]), lambda t: tf.expand_dims(t, 0)[0], lambda t: tf.reduce_sum(t, axis=1, keepdims=True),
             lambda t: tf.reduce_mean(t, axis=0), lambda t: tf.reduce_mean(t), lambda t: tf.reduce_max(t, axis=1, keep_dims=True), lambda t: tf.reduce_prod(t, axis=0),
             lambda t: t[1:], lambda t: t[0], lambda t: tf.slice(t, [0, 0], [2, 3]), lambda t: tf.pad(t, [[0, 0], [1, 1]]), lambda t: tf.tile(t, [1, 2]),
             lambda t: tf.gather(t, [1, 0], axis=1), lambda t: tf.reverse(t, [0]), lambda t: tf.gather_nd(t, [[0], [1]]),
             lambda t: tf.unsorted_segment_sum(t, [0, 1, 0], 2), lambda t: tf.segment_sum(t, [0, 0, 1]), lambda t: tf.broadcast_to(t, [2, 3, 3])[0],
             lambda t: tf.squeeze(tf.expand_dims(t, 1), 1), lambda t: tf.reduce_logsumexp(t, 1), lambda t: tf.nn.l2_normalize(t, 1), lambda t: tf.transpose(t, [1, 0]),
             lambda t: tf.roll(t, 1, 0), lambda t: tf.linalg.band_part(t, 1, 0), lambda t: tf.clip_by_value(t, -1.0, 1.0), lambda t: tf.nn.bias_add(t, [1., 2., 3.]),
             lambda t: tf.nn.top_k(t, 2).values, lambda t: tf.nn.softmax_cross_entropy_with_logits_v2(labels=t, logits=tf.tanh(t))]
    many = [lambda t: tf.unstack(t, 3)[:2], lambda t: tf.split(t, 3, axis=1), lambda t: tf.split(t, [1, 2], axis=0), lambda t: tf.dynamic_partition(t, [0, 1, 0], 2),
            lambda t: list(tf.nn.moments(t, [0]))]
    several = [lambda ts: tf.stack(ts), lambda ts: tf.concat(ts, 0), lambda ts: tf.concat(ts, 1), lambda ts: tf.add_n(ts), lambda ts: tf.accumulate_n(ts),
               lambda ts: tf.dynamic_stitch([[i] for i in range(len(ts))], [tf.expand_dims(t, 0) for t in ts])]
    kind = r.random()
    if kind < 0.3: made = [r.choice(unary)(x)]
    elif kind < 0.62: made = [r.choice(binary)(x, y)]
    elif kind < 0.8: made = [r.choice(shape)(x)]
    elif kind < 0.9: made = r.choice(many)(x)
    else: made = [r.choice(several)([self.any() for _ in range(r.randint(2, 4))])]
    self.values += [t for t in made if t.dtype == tf.float32]

  def calls(self):
    r = self.r
    names = [t.name for t in self.values]
    reads = [op.inputs[0].name for op in self.graph.get_operations() if op.type in ('ReadVariableOp', 'ResourceGather')]
    sources = [t.name for t in self.sources if t.op.type == 'Placeholder'] + sorted(set(reads))
    ys = [r.choice(names[-5:]) for _ in range(r.choice([1, 1, 1, 2, 3]))]
    xs = [r.choice(sources) for _ in range(r.randint(1, 3))] + [r.choice(names) for _ in range(r.choice([0, 0, 1, 2]))]
    a = dict(ys=ys, xs=list(dict.fromkeys(xs)))
    if r.random() < 0.2: a['stop'] = [r.choice(names)]
    if r.random() < 0.3: a['gate_gradients'] = True
    if r.random() < 0.3: a['colocate_gradients_with_ops'] = True
    if r.random() < 0.3: a['aggregation_method'] = r.choice([1, 2])
    if r.random() < 0.3: a['zero'] = True
    if r.random() < 0.2: a['grad_ys'] = list(ys)
    calls = [lambda graph, results: a]
    if r.random() < 0.4:
      def second(graph, results):
        d = dense(results)
        return dict(ys=[d[0]], xs=a['xs'], name=r.choice([None, 'second'])) if d else None
      calls.append(second)
    return calls


def record_random(recorder, count, steps):
  for seed in range(count):
    g = RandomGraph(seed, steps)
    graph = g.build()
    recorder.case('random_%d' % seed, graph.as_graph_def(), g.calls())


# --- recorded forward graphs ----------------------------------------------------------------------------------------------------------

def varint(data, at):
  value = shift = 0
  while True:
    b = data[at]; at += 1
    value |= (b & 127) << shift
    if b < 128: return value, at
    shift += 7


def message(data):
  """Fields of a protobuf message: {number: [values]}."""
  fields, at = {}, 0
  while at < len(data):
    tag, at = varint(data, at)
    wire = tag & 7
    if wire == 0: value, at = varint(data, at)
    elif wire == 1: value, at = data[at:at + 8], at + 8
    elif wire == 2:
      size, at = varint(data, at)
      value, at = data[at:at + size], at + size
    else: value, at = data[at:at + 4], at + 4
    fields.setdefault(tag >> 3, []).append(value)
  return fields


def texts(m, k): return [v.decode() for v in m.get(k, [])]


def tensor_proto(data):
  p = tensor_pb2.TensorProto()
  p.ParseFromString(data)
  return p


def run_lines(gradient):
  """The feeds and expected values of a recorded run."""
  def make(graph, got):
    lines = []
    if gradient.get(8): return []
    for f in gradient.get(9, []):
      m = message(f)
      lines.append('feed\t%s\t%s' % (m[1][0].decode(), proto_text(tensor_proto(m[2][0]))))
    for g, e in zip(got, gradient.get(10, [])):
      m = message(e)
      def want(name, data):
        x = message(data)
        if x.get(1, [0])[0] > 1: return
        d = lambda k: struct.unpack('<d', x[k][0])[0] if k in x else 0.0
        lines.append('want\t%s\t%.9g\t%.9g\t%s' % (name, d(3), d(4), proto_text(tensor_proto(x[2][0]))))
      if 2 in m and isinstance(g, tf.Tensor): want(g.name, m[2][0])
      if 3 in m and isinstance(g, tf.IndexedSlices):
        s = message(m[3][0])
        want(g.indices.name, s[1][0]); want(g.values.name, s[2][0])
    return lines
  return make


def record_oracle(recorder, folder, keep_all):
  for file in sorted(os.listdir(folder)):
    data = open(os.path.join(folder, file), 'rb').read()
    at = 0
    while at < len(data):
      size = struct.unpack('<Q', data[at:at + 8])[0]
      case = message(data[at + 12:at + 12 + size])
      at += 16 + size
      if 4 not in case or 8 in case or 9 in case: continue
      if any(o not in recorder.ops for o in texts(case, 6)): continue
      graph_def = graph_pb2.GraphDef()
      graph_def.ParseFromString(case[2][0])
      if len(graph_def.node) > 150 or (not keep_all and graph_def.ByteSize() > 40000): continue
      g = message(case[4][0])
      a = dict(ys=texts(g, 1), xs=texts(g, 2), stop=texts(g, 4), zero=g.get(5, [0])[0], aggregation_method=g.get(6, [0])[0], gate_gradients=g.get(7, [0])[0])
      grads = texts(g, 3)
      if grads and any(not n for n in grads): continue
      if grads: a['grad_ys'] = grads
      name = file.replace('.tfrecord', '').replace('kernel_tests__', '') + '/' + case[1][0].decode().split('/')[-1]
      recorder.case(name, graph_def, [lambda graph, results: a], run_lines(g) if keep_all else None, once=not keep_all)


def main():
  ops = set(open(sys.argv[1]).read().split())
  recorder = Recorder(ops)
  kind, out = sys.argv[2], sys.argv[3]
  if kind == 'options': record_options(recorder)
  if kind == 'random': record_random(recorder, int(sys.argv[4]), int(sys.argv[5]))
  if kind == 'oracle': record_oracle(recorder, sys.argv[4], len(sys.argv) > 5)
  with open(out, 'w') as f: f.write('\n'.join(recorder.lines) + '\n')
  print(recorder.cases, 'cases', len(recorder.lines), 'lines')


if __name__ == '__main__': main()
