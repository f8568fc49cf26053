using System.Globalization;

namespace Burqi.BusProcess;

/// <summary>Notes each number in a file before its message is acknowledged.</summary>
internal sealed class ConsumedNumbers(string? path)
{
    private readonly Lock gate = new();

    public void Note(long number)
    {
        if (path is null)
        {
            return;
        }

        lock (gate)
        {
            File.AppendAllText(path, number.ToString(CultureInfo.InvariantCulture) + "\n");
        }
    }
}
