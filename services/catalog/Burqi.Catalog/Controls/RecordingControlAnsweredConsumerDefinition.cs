using Burqi.Catalog.Consumers;

namespace Burqi.Catalog.Controls;

internal sealed class RecordingControlAnsweredConsumerDefinition() : CatalogConsumerDefinition<RecordingControlAnsweredConsumer>("catalog-recording-control-answered");
