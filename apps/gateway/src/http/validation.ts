import { StandardSchemaValidationPipe } from '@nestjs/common';
import { invalid } from './invalid.ts';

/** Validates what came in as it came in. */
export class ValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: invalid });
  }

  /**
   * Nest takes members named `constructor` and `prototype` away before a schema sees them: they would pass, and be missing in an
   * operator's value. As own members they are names like any other, and `__proto__` does not come so far.
   */
  protected override stripProtoKeys(): void {
    // Nothing is taken away.
  }
}
