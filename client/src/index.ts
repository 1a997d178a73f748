export * from '@spantail/protocol';
