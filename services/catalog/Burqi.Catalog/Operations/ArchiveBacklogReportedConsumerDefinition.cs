using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Operations;

internal sealed class ArchiveBacklogReportedConsumerDefinition() : CatalogConsumerDefinition<ArchiveBacklogReportedConsumer>("catalog-archive-backlog-reported");
