namespace Burqi.Archiver.Waveforms;

/// <summary>There is no outline of this audio, however often one tries. The message says why, in one sentence.</summary>
internal sealed class UndecodableException(string message) : Exception(message);
