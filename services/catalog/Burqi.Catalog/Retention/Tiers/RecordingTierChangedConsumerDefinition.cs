using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Retention.Tiers;

internal sealed class RecordingTierChangedConsumerDefinition() : CatalogConsumerDefinition<RecordingTierChangedConsumer>("catalog-recording-tier-changed");
