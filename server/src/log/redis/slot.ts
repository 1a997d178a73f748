/** Redis Cluster's slot of a partition: CRC-16 (XMODEM) of the keys' hash tag, modulo 16,384. */
export function slotOfPartition(partition: number): number {
  let crc = 0;
  for (const byte of Buffer.from(partition.toString(16).padStart(2, '0'))) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++)
      crc = (crc & 0x8000) === 0 ? crc << 1 : ((crc << 1) ^ 0x1021) & 0xffff;
  }
  return (crc & 0xffff) % 16_384;
}
