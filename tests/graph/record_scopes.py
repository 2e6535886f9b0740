"""Writes what TensorFlow 1.15.5 names and places nodes in random nests of scopes, for tests/graph/graph_scopes_test.cc.

  python record_scopes.py OUT PROGRAMS

A program is a list of steps, one a line, fields separated by tabs:
  program N
  name NAME | controls "op op" | clear | colocate OP ignore|add | uncolocate | device NAME|none      enters a scope
  leave                                                                                               leaves the innermost
  node NAME "in in"                                                                                   AddV2 of two, or Placeholder
After name: `entered SCOPE` or `refused`; after node: `made NAME DEVICE "control control" "loc:@x …"` or `refused`.
"""
import os, random, sys
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
os.environ['CUDA_VISIBLE_DEVICES'] = ''
import warnings
warnings.filterwarnings('ignore')
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
from tensorflow.core.framework import attr_value_pb2

NAMES = ['a', 'A', 'b', 'a_1', 'B_1', 'a/b', 'x.y', 'a-b', '-bad', '_hidden', '1st', 'a b', 'a//b', '.dot', 'a_1_1', 'gradients', 'é', 'a/', 'b/', 'a_1/', 'a/b/', '']
DEVICES = ['/cpu:0', '/gpu:1', '/job:w', '/job:w/task:1/cpu:0', '/device:GPU:*', '/replica:0', 'none', '/foo:0', '/cpu:0/gpu:1']
text = lambda t: t if t else '-'


class Program:
  def __init__(self, seed):
    self.r = random.Random(seed)
    self.lines = ['program\t%d' % seed]
    self.scopes = []
    self.nodes = []
    self.tensors = []
    self.ended = False

  def enter(self, kind, arguments, scope):
    self.lines.append('\t'.join([kind] + arguments))
    try:
      manager = scope()
      value = manager.__enter__()
    except ValueError:
      self.lines.append('refused')
      return
    self.scopes.append(manager)
    if kind == 'name': self.lines.append('entered\t' + text(value))

  def step(self, graph):
    r = self.r
    kind = r.random()
    if self.scopes and r.random() < 0.3:
      self.lines.append('leave')
      self.scopes.pop().__exit__(None, None, None)
    elif kind < 0.2:
      name = r.choice(NAMES)
      self.enter('name', [text(name)], lambda: graph.name_scope(name))
    elif kind < 0.32 and self.nodes:
      controls = [r.choice(self.nodes) for _ in range(r.randint(0, 3))]
      self.enter('controls', [' '.join(c.name for c in controls)], lambda: graph.control_dependencies(controls))
    elif kind < 0.35: self.enter('clear', [], lambda: graph.control_dependencies(None))
    elif kind < 0.45 and self.nodes:
      op, ignore = r.choice(self.nodes), r.random() < 0.3
      self.enter('colocate', [op.name, 'ignore' if ignore else 'add'], lambda: graph.colocate_with(op, ignore))
    elif kind < 0.48: self.enter('uncolocate', [], lambda: graph.colocate_with(None, True))
    elif kind < 0.58:
      device = r.choice(DEVICES)
      self.enter('device', [device], lambda: graph.device(None if device == 'none' else device))
    else: self.node()

  def node(self):
    r = self.r
    name = r.choice(NAMES)
    inputs = [r.choice(self.tensors), r.choice(self.tensors)] if self.tensors and r.random() < 0.6 else []
    self.lines.append('node\t%s\t%s' % (text(name), ' '.join(t.op.name for t in inputs)))
    graph = tf.get_default_graph()
    if name.endswith('/') and name[:-1] in [o.name for o in graph.get_operations()]:
      self.lines.pop()  # fatal in TensorFlow
      return
    try:
      if inputs: op = graph.create_op('AddV2', inputs, [tf.float32], name=name or None, compute_shapes=False)
      else: op = graph.create_op('Placeholder', [], [tf.float32], name=name or None, attrs={'dtype': attr_value_pb2.AttrValue(type=1)})
    except ValueError as error:
      if 'Duplicate node name' in str(error):  # a node that takes the name of no scope does not mark it in TensorFlow
        self.lines.pop()
        self.ended = True
      else: self.lines.append('refused')
      return
    self.tensors.append(op.outputs[0])
    self.nodes.append(op)
    try: classes = [c.decode() for c in op.get_attr('_class')]
    except ValueError: classes = []
    self.lines.append('made\t%s\t%s\t%s\t%s' % (op.name, text(op.device), ' '.join(sorted(c.name for c in op.control_inputs)), ' '.join(classes)))

  def run(self):
    with tf.Graph().as_default() as graph:
      for _ in range(self.r.randint(10, 40)):
        if not self.ended: self.step(graph)
      while self.scopes: self.scopes.pop().__exit__(None, None, None)
    return self.lines


with open(sys.argv[1], 'w') as out:
  for seed in range(int(sys.argv[2])): out.write('\n'.join(Program(seed).run()) + '\n')
