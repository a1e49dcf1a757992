import Foundation
import Measuring
import SymbiontLanguage

/// One line of output.
struct FrontEndMeasurement: Encodable {
  let benchmark = "front-end"
  let megabytes: Double
  let megabytesPerSecond: Double
  let peer: String
  let peerMegabytesPerSecond: Double
  let ratio: Double

  private enum CodingKeys: String, CodingKey {
    case benchmark, megabytes, peer, ratio
    case megabytesPerSecond = "megabytes_per_second"
    case peerMegabytesPerSecond = "peer_megabytes_per_second"
  }
}

/// Half a second of work for the slowest peer, long enough for the clock of each.
let byteCount = 4_000_000
/// The middle one of so many turns counts.
let rounds = 5
let bytesPerMegabyte = 1e6

func megabytes(_ text: String) -> Double { Double(text.utf8.count) / bytesPerMegabyte }
func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

let generated = GeneratedSource(byteCount: byteCount)
let directory = FileManager.default.temporaryDirectory.appending(path: "front-end-\(UUID().uuidString)")
try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(at: directory) }
let pythonFile = directory.appending(path: "generated.py")
let luaFile = directory.appending(path: "generated.lua")
try Data(generated.python.utf8).write(to: pythonFile)
try Data(generated.lua.utf8).write(to: luaFile)

let source = SourceText(name: "generated.symbi", text: generated.symbi)
let peers = [(Peer.python(pythonFile), generated.python), (Peer.lua(luaFile), generated.lua)]
  .filter { $0.0.isInstalled }
var ours: [Double] = []
var theirs = Array(repeating: [Double](), count: peers.count)
for _ in 0..<rounds {
  let time = ProcessorTime()
  let result = SymbiCompiler.compile(source)
  ours.append(megabytes(generated.symbi) / (time.elapsed / .seconds(1)))
  precondition(result.program != nil, "the generated program must compile")
  for (index, peer) in peers.enumerated() { theirs[index].append(megabytes(peer.1) / (try peer.0.seconds())) }
}

let encoder = JSONEncoder()
encoder.outputFormatting = [.sortedKeys]
for (index, peer) in peers.enumerated() {
  let measurement = FrontEndMeasurement(
    megabytes: rounded(megabytes(generated.symbi)), megabytesPerSecond: rounded(ours.median), peer: peer.0.name,
    peerMegabytesPerSecond: rounded(theirs[index].median), ratio: rounded(ours.median / theirs[index].median))
  print(String(decoding: try encoder.encode(measurement), as: UTF8.self))
}
