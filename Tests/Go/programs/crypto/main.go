// Digests, ciphers, signatures and large numbers: the library has them in assembly language of each architecture.
package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"fmt"
	"hash"
	"hash/adler32"
	"hash/crc32"
	"hash/crc64"
	"math/big"
	"math/bits"
)

func message(size int) []byte {
	data := make([]byte, size)
	state := uint32(size) + 1
	for i := range data {
		state = state*1664525 + 1013904223
		data[i] = byte(state >> 24)
	}
	return data
}

func digests(data []byte) {
	for _, digest := range []struct {
		name string
		hash hash.Hash
	}{
		{"md5", md5.New()}, {"sha1", sha1.New()}, {"sha256", sha256.New()}, {"sha512", sha512.New()},
		{"sha3", sha3.New256()}, {"hmac", hmac.New(sha256.New, data[:5])},
	} {
		for start, step := 0, 1; start < len(data); start, step = start+step, step*3+1 {
			digest.hash.Write(data[start:min(start+step, len(data))])
		}
		fmt.Printf("%s %x\n", digest.name, digest.hash.Sum(nil))
	}
	castagnoli := crc32.MakeTable(crc32.Castagnoli)
	fmt.Printf("%08x %08x %016x %08x\n", crc32.ChecksumIEEE(data), crc32.Checksum(data, castagnoli),
		crc64.Checksum(data, crc64.MakeTable(crc64.ECMA)), adler32.Checksum(data))
}

func ciphers(data []byte) {
	for _, size := range []int{16, 24, 32} {
		block, err := aes.NewCipher(data[:size])
		if err != nil {
			panic(err)
		}
		sealer, err := cipher.NewGCM(block)
		if err != nil {
			panic(err)
		}
		sealed := sealer.Seal(nil, data[:12], data[40:], data[:20])
		opened, err := sealer.Open(nil, data[:12], sealed, data[:20])
		fmt.Printf("gcm %x %v %v\n", sha256.Sum256(sealed), err, string(opened) == string(data[40:]))
		sealed[3] ^= 1
		_, err = sealer.Open(nil, data[:12], sealed, data[:20])
		fmt.Println(err)
		stream := make([]byte, len(data))
		cipher.NewCTR(block, data[:16]).XORKeyStream(stream, data)
		whole := len(data) / 16 * 16
		chained := make([]byte, whole)
		cipher.NewCBCEncrypter(block, data[16:32]).CryptBlocks(chained, data[:whole])
		fmt.Printf("ctr %x cbc %x\n", md5.Sum(stream), md5.Sum(chained))
	}
}

func signatures(data []byte) {
	key := ed25519.NewKeyFromSeed(data[:32])
	signature := ed25519.Sign(key, data)
	fmt.Printf("ed25519 %x %v\n", signature, ed25519.Verify(key.Public().(ed25519.PublicKey), data, signature))
	for _, curve := range []ecdh.Curve{ecdh.X25519(), ecdh.P256(), ecdh.P384()} {
		size := map[ecdh.Curve]int{ecdh.X25519(): 32, ecdh.P256(): 32, ecdh.P384(): 48}[curve]
		mine, err := curve.NewPrivateKey(data[1 : 1+size])
		if err != nil {
			panic(err)
		}
		yours, err := curve.NewPrivateKey(data[100 : 100+size])
		if err != nil {
			panic(err)
		}
		shared, err := mine.ECDH(yours.PublicKey())
		fmt.Printf("%v %x %v\n", curve, shared, err)
	}
}

func numbers() {
	factorial := new(big.Int).MulRange(1, 2000)
	fmt.Printf("%x\n", sha256.Sum256(factorial.Bytes()))
	base := new(big.Int).SetBytes(message(256))
	modulus := new(big.Int).SetBit(new(big.Int).SetBytes(message(255)), 0, 1)
	fmt.Println(new(big.Int).Exp(base, big.NewInt(65537), modulus))
	quotient, rest := new(big.Int).DivMod(factorial, base, new(big.Int))
	fmt.Println(quotient.BitLen(), rest.BitLen(), new(big.Int).GCD(nil, nil, factorial, base))
	fmt.Println(new(big.Int).Sqrt(base), big.NewInt(1_000_000_007).ProbablyPrime(20))
	fmt.Println(new(big.Rat).SetFrac64(355, 113).FloatString(60))
	high, low := bits.Mul64(0xfedcba9876543210, 0x123456789abcdef0)
	whole, left := bits.Div64(high>>4, low, 0xfffffffffffffff1)
	fmt.Println(high, low, whole, left, bits.LeadingZeros64(low), bits.OnesCount64(high), bits.Reverse64(low), bits.RotateLeft32(7, 30))
}

func main() {
	for _, size := range []int{200, 1023, 70001} {
		digests(message(size))
		ciphers(message(size))
	}
	signatures(message(500))
	numbers()
}
