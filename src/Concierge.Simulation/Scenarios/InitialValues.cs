using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace Concierge.Simulation.Scenarios;

/// <summary>
/// Keeps the initial values of properties that JSON does not name. The source generator sets every init-only property of a type when it makes one, to the type's default where the
/// JSON is silent; with this the type is made by its constructor, and only what the JSON names is set. The generator roots constructor and properties, so that this works without a JIT.
/// </summary>
internal static class InitialValues
{
    public static void Keep(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || type.ConstructorAttributeProvider is not ConstructorInfo constructor || constructor.GetParameters().Length > 0)
        {
            return;
        }

        type.CreateObject = () => constructor.Invoke(null);
        foreach (JsonPropertyInfo property in type.Properties)
        {
            if (property is { Set: not null, AttributeProvider: PropertyInfo named })
            {
                property.Set = named.SetValue;
            }
        }
    }
}
