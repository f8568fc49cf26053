namespace Burqi.Catalog.Usage;

/// <summary>What was recorded of one assistant in one month.</summary>
internal sealed record RecordedUsage(int Month, string? AssistantId, long LocalMinutes, long ProviderMinutes, long Bytes);

/// <summary>Minutes that the provider keeps from the end of the month of one index on, until that of another; null: still.</summary>
internal sealed record KeptUsage(string? AssistantId, int Since, int? Until, long Minutes);

/// <summary>Adds up and prices.</summary>
internal static class UsageBill
{
    public static UsageReport Of(
        UsagePeriod period, Tariff tariff, IReadOnlyCollection<RecordedUsage> recorded, IReadOnlyCollection<KeptUsage> kept, string? assistantId)
    {
        var items = new List<UsageItem>();
        foreach (var (index, (month, _)) in period.Months.Index())
        {
            var stored = kept.Where(some => some.Since <= index && (some.Until is not { } until || until > index))
                .GroupBy(some => some.AssistantId ?? "")
                .ToDictionary(some => some.Key, some => some.Sum(one => one.Minutes), StringComparer.Ordinal);
            // The free minutes are the account's: they are shared out before one assistant is looked at alone.
            var free = Share(stored, tariff.FreeStorageMinutes);
            var inMonth = recorded.Where(some => some.Month == index).ToLookup(some => some.AssistantId ?? "", StringComparer.Ordinal);
            foreach (var id in stored.Keys.Union(inMonth.Select(some => some.Key), StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                if (assistantId is not null && assistantId != id)
                {
                    continue;
                }

                var minutesStored = stored.GetValueOrDefault(id);
                items.Add(Priced(
                    new()
                    {
                        Month = month,
                        AssistantId = id.Length == 0 ? null : id,
                        LocalMinutes = inMonth[id].Sum(some => some.LocalMinutes),
                        ProviderMinutes = inMonth[id].Sum(some => some.ProviderMinutes),
                        BytesStored = inMonth[id].Sum(some => some.Bytes),
                        ProviderMinutesStored = minutesStored,
                        ProviderMinutesStoredBeyondFree = minutesStored - free.GetValueOrDefault(id),
                    },
                    tariff));
            }
        }

        // A month in which nothing was recorded and nothing kept says nothing.
        items.RemoveAll(item => item is { LocalMinutes: 0, ProviderMinutes: 0, BytesStored: 0, ProviderMinutesStored: 0 });
        return new() { From = period.From, To = period.To, Tariff = tariff, Items = items, Totals = Totals(items) };
    }

    private static UsageItem Priced(UsageItem item, Tariff tariff)
    {
        var recording = item.ProviderMinutes * tariff.RecordingMinute;
        var storage = item.ProviderMinutesStoredBeyondFree * tariff.StorageMinuteMonth;
        return item with { RecordingPrice = recording, StoragePrice = storage, Price = recording + storage };
    }

    private static UsageNumbers Totals(List<UsageItem> items) => new()
    {
        LocalMinutes = items.Sum(item => item.LocalMinutes),
        ProviderMinutes = items.Sum(item => item.ProviderMinutes),
        BytesStored = items.Sum(item => item.BytesStored),
        ProviderMinutesStored = items.Sum(item => item.ProviderMinutesStored),
        ProviderMinutesStoredBeyondFree = items.Sum(item => item.ProviderMinutesStoredBeyondFree),
        RecordingPrice = items.Sum(item => item.RecordingPrice),
        StoragePrice = items.Sum(item => item.StoragePrice),
        Price = items.Sum(item => item.Price),
    };

    /// <summary>The free minutes in proportion to what each stores, in whole minutes: what rounding leaves over goes to those who lost most by it.</summary>
    private static Dictionary<string, long> Share(Dictionary<string, long> stored, long free)
    {
        var all = stored.Values.Sum();
        if (all <= free)
        {
            return stored;
        }

        var shares = stored.ToDictionary(some => some.Key, some => (long)((decimal)free * some.Value / all), StringComparer.Ordinal);
        foreach (var (id, _) in stored
            .OrderByDescending(some => (decimal)free * some.Value % all)
            .ThenBy(some => some.Key, StringComparer.Ordinal)
            .Take((int)(free - shares.Values.Sum())))
        {
            shares[id]++;
        }

        return shares;
    }
}
