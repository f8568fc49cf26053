using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Operations;

internal sealed class MediaNodeReportedConsumerDefinition() : CatalogConsumerDefinition<MediaNodeReportedConsumer>("catalog-media-node-reported");
