/** Seconds and nanoseconds. */
export type HrTime = readonly [number, number];

export interface SdkSpanContext {
  traceId: string;
  spanId: string;
  traceFlags: number;
  isRemote?: boolean | undefined;
}

export interface SdkResource {
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Detectors are still at work; reading `attributes` now is a fault to the SDK. */
  readonly asyncAttributesPending?: boolean | undefined;
  waitForAsyncAttributes?(): Promise<void>;
}

interface Scope {
  name: string;
  version?: string | undefined;
}

/**
 * What is used of a span of OpenTelemetry's JS SDK, majors 1 to 3. Declared here, so that neither
 * major has to be installed, nor its types.
 */
export interface SdkSpan {
  readonly name: string;
  readonly kind: number;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly status: { code: number; message?: string | undefined };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly {
    name: string;
    time: HrTime;
    attributes?: Readonly<Record<string, unknown>> | undefined;
  }[];
  readonly links: readonly {
    context: SdkSpanContext;
    attributes?: Readonly<Record<string, unknown>> | undefined;
  }[];
  readonly resource: SdkResource;
  /** Since 2.0. */
  readonly parentSpanContext?: SdkSpanContext | undefined;
  /** Until 2.0. */
  readonly parentSpanId?: string | undefined;
  /** Since 2.0. */
  readonly instrumentationScope?: Scope | undefined;
  /** Until 2.0. */
  readonly instrumentationLibrary?: Scope | undefined;
  spanContext(): SdkSpanContext;
}
