/// Operations of `_umtx_op` (`sys/umtx.h`).
enum UserMutexOperation: EnumerationTable {
    static let rows: [EnumerationRow] = [
        EnumerationRow(2, nil, "UMTX_OP_WAIT"), EnumerationRow(3, nil, "UMTX_OP_WAKE"),
        EnumerationRow(4, nil, "UMTX_OP_MUTEX_TRYLOCK"), EnumerationRow(5, nil, "UMTX_OP_MUTEX_LOCK"),
        EnumerationRow(6, nil, "UMTX_OP_MUTEX_UNLOCK"), EnumerationRow(7, nil, "UMTX_OP_SET_CEILING"),
        EnumerationRow(8, nil, "UMTX_OP_CV_WAIT"), EnumerationRow(9, nil, "UMTX_OP_CV_SIGNAL"),
        EnumerationRow(10, nil, "UMTX_OP_CV_BROADCAST"), EnumerationRow(11, nil, "UMTX_OP_WAIT_UINT"),
        EnumerationRow(12, nil, "UMTX_OP_RW_RDLOCK"), EnumerationRow(13, nil, "UMTX_OP_RW_WRLOCK"),
        EnumerationRow(14, nil, "UMTX_OP_RW_UNLOCK"), EnumerationRow(15, nil, "UMTX_OP_WAIT_UINT_PRIVATE"),
        EnumerationRow(16, nil, "UMTX_OP_WAKE_PRIVATE"), EnumerationRow(17, nil, "UMTX_OP_MUTEX_WAIT"),
        EnumerationRow(18, nil, "UMTX_OP_MUTEX_WAKE"), EnumerationRow(19, nil, "UMTX_OP_SEM_WAIT"),
        EnumerationRow(20, nil, "UMTX_OP_SEM_WAKE"), EnumerationRow(21, nil, "UMTX_OP_NWAKE_PRIVATE"),
        EnumerationRow(22, nil, "UMTX_OP_MUTEX_WAKE2"), EnumerationRow(23, nil, "UMTX_OP_SEM2_WAIT"),
        EnumerationRow(24, nil, "UMTX_OP_SEM2_WAKE"), EnumerationRow(25, nil, "UMTX_OP_SHM"),
        EnumerationRow(26, nil, "UMTX_OP_ROBUST_LISTS"),
    ]
}
