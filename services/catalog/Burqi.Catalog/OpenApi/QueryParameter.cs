namespace Burqi.Catalog.OpenApi;

/// <summary>A query parameter that an endpoint reads by hand, for the API's document.</summary>
internal sealed record QueryParameter(string Name, string Description);
