// Reads a file that the service exported into TinkerGraph, and prints what TinkerPop finds in it:
// FILE ACCOUNT OPERATION_DIGEST PAYEE PAYER. `tests/it/tinkerpop.rs` compares that with what the
// service answers.

import static org.apache.tinkerpop.gremlin.process.traversal.P.gte
import static org.apache.tinkerpop.gremlin.process.traversal.P.neq
import static org.apache.tinkerpop.gremlin.structure.T.id
import static org.apache.tinkerpop.gremlin.structure.T.label

import groovy.json.JsonOutput
import org.apache.tinkerpop.gremlin.process.traversal.dsl.graph.__
import org.apache.tinkerpop.gremlin.tinkergraph.structure.TinkerGraph

def (file, account, operation, payee, payer) = args
def g = TinkerGraph.open().traversal()
// By the file's ending it is GraphML or GraphSON.
g.io(file).read().iterate()

// Of edges, what is money that moved.
def money = 'movement_type'
def cents = { edges -> edges.has(money).values('amount').sum().tryNext().orElse(0) }
def payment = g.E().has('operation_digest', operation).next()
def ways = g.V(payer)
  .repeat(__.outE().has(money).inV().simplePath())
  .until(__.hasId(payee))
  .path().toList()

println JsonOutput.toJson([
  vertices: g.V().groupCount().by(label).next(),
  edges: g.E().groupCount().by(label).next(),
  depths: g.V().has('depth').group().by(id).by('depth').next()
    .collectEntries { [it.key, it.value instanceof Collection ? it.value[0] : it.value] },
  whole: g.V().has('has_all_edges', true).id().order().toList(),
  paid_in: cents(g.V(account).inE()),
  paid_out: cents(g.V(account).outE()),
  near: g.V(account).both().has('depth').id().dedup().order().toList(),
  after: g.E(payment.id()).inV().outE().has(money)
    .has('happened_at', gte(payment.value('happened_at')))
    .has('operation_digest', neq(operation))
    .values('operation_digest').order().toList(),
  hops: ways*.size().min().intdiv(2),
])
