namespace Burqi.Catalog.Usage;

/// <summary>What the provider asks for, from the environment variables each names. The defaults are Twilio's public US prices of early 2026.</summary>
internal sealed class TariffOptions
{
    /// <summary><c>TWILIO_PRICE_RECORDING_MINUTE</c>: for each minute that the provider records.</summary>
    public decimal? RecordingMinute { get; set; } = 0.0025m;

    /// <summary><c>TWILIO_PRICE_STORAGE_MINUTE_MONTH</c>: for each minute that the provider keeps for a month.</summary>
    public decimal? StorageMinuteMonth { get; set; } = 0.0005m;

    /// <summary><c>TWILIO_FREE_STORAGE_MINUTES</c>: how many minutes it keeps for nothing.</summary>
    public long? FreeStorageMinutes { get; set; } = 10_000;

    /// <summary><c>TWILIO_PRICE_UNIT</c>: the currency of the prices, three capital letters.</summary>
    public string Unit { get; set; } = "USD";
}
