/**
 * A value, or nothing while it is not known: in a preview the SDK's proxies throw at what the update alone knows.
 */
export function unlessUnknown<T>(value: () => T): T | undefined {
  try {
    return value();
  } catch (error) {
    // The class is not one of the SDK's public ones.
    if (error instanceof Error && 'unknownTypeSentinel' in error) return undefined;
    throw error;
  }
}
